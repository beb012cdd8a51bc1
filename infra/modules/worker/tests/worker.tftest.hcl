variables {
  gpu_enabled = true
  region      = "europe-west4"
}

run "an_l4_has_its_minimum_and_an_hour" {
  command = plan

  assert {
    condition     = jsonencode(output.limits) == jsonencode({ cpu = "4", memory = "16Gi", "nvidia.com/gpu" = "1" })
    error_message = "4 vCPUs and 16 GiB are the least that Cloud Run gives an L4."
  }
  assert {
    condition     = output.timeout_s == 3600 && output.device == "cuda"
    error_message = "A GPU task lasts at most an hour."
  }
  assert {
    condition     = join(",", output.accelerators) == "nvidia-l4" && output.region_has_gpu
    error_message = "europe-west4 has L4s."
  }
}

run "without_quota_there_are_cpus" {
  command = plan
  variables {
    gpu_enabled = false
    region      = "europe-north1"
  }

  assert {
    condition     = jsonencode(output.limits) == jsonencode({ cpu = "8", memory = "16Gi" }) && output.device == "cpu"
    error_message = "No accelerator and no GPU limit."
  }
  assert {
    condition     = length(output.accelerators) == 0 && output.region_has_gpu
    error_message = "Any region will do without a GPU."
  }
  assert {
    condition     = output.timeout_s == 21600
    error_message = "A CPU task may last longer: a hand-over an hour would only cost time."
  }
}

run "a_region_without_l4_is_noticed" {
  command = plan
  variables {
    region = "europe-north1"
  }

  assert {
    condition     = !output.region_has_gpu
    error_message = "europe-north1 has no L4."
  }
}

run "a_gpu_task_cannot_last_a_day" {
  command = plan
  variables {
    task_timeout_s = 86400
  }
  expect_failures = [var.task_timeout_s]
}

run "an_l4_cannot_have_two_cpus" {
  command = plan
  variables {
    cpu = 2
  }
  expect_failures = [var.cpu]
}

run "an_l4_cannot_have_8_gib" {
  command = plan
  variables {
    memory_gib = 8
  }
  expect_failures = [var.memory_gib]
}
