variables {
  gpu_enabled = true
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
    condition     = join(",", output.accelerators) == "nvidia-l4"
    error_message = "One L4."
  }
}

run "without_quota_there_are_cpus" {
  command = plan
  variables {
    gpu_enabled = false
  }

  assert {
    condition     = jsonencode(output.limits) == jsonencode({ cpu = "8", memory = "16Gi" }) && output.device == "cpu"
    error_message = "No accelerator and no GPU limit."
  }
  assert {
    condition     = length(output.accelerators) == 0
    error_message = "No GPU is asked for."
  }
  assert {
    condition     = output.timeout_s == 21600
    error_message = "A CPU task may last longer: a hand-over an hour would only cost time."
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

run "four_cpus_cannot_have_24_gib" {
  command = plan
  variables {
    memory_gib = 24
  }
  expect_failures = [var.memory_gib]
}

run "six_cpus_can_have_24_gib" {
  command = plan
  variables {
    cpu        = 6
    memory_gib = 24
  }

  assert {
    condition     = output.limits["memory"] == "24Gi" && output.limits["cpu"] == "6"
    error_message = "More than 16 GiB take 6 vCPUs."
  }
}

run "two_cpus_cannot_have_what_is_the_default" {
  command = plan
  variables {
    gpu_enabled = false
    cpu         = 2
  }
  expect_failures = [var.memory_gib]
}
