variables {
  gpu_enabled = true
  region      = "europe-west1"
}

run "one_region_is_enough_where_everything_is" {
  command = plan

  assert {
    condition     = output.tasks_region == "europe-west1" && output.build_region == "europe-west1" && output.scheduler_region == "europe-west1"
    error_message = "europe-west1 has L4s, Cloud Tasks, Cloud Scheduler, and builds of new projects."
  }
}

run "europe_west4_has_no_cloud_tasks_and_no_builds_of_new_projects" {
  command = plan
  variables {
    region = "europe-west4"
  }

  assert {
    condition     = output.tasks_region == "europe-west1" && output.build_region == "europe-west1" && output.scheduler_region == "europe-west1"
    error_message = "The queue and the builds go next door."
  }
}

run "us_east4_builds_in_us_central1" {
  command = plan
  variables {
    region = "us-east4"
  }

  assert {
    condition     = output.tasks_region == "us-east4" && output.build_region == "us-central1"
    error_message = "us-east4 has Cloud Tasks, but new projects may not build there."
  }
}

run "asia_southeast1_builds_in_asia_east1" {
  command = plan
  variables {
    region = "asia-southeast1"
  }

  assert {
    condition     = output.tasks_region == "asia-southeast1" && output.build_region == "asia-east1"
    error_message = "asia-southeast1 has Cloud Tasks, but new projects may not build there."
  }
}

run "us_central1_is_open_to_everybody" {
  command = plan
  variables {
    region = "us-central1"
  }

  assert {
    condition     = output.tasks_region == "us-central1" && output.build_region == "us-central1"
    error_message = "Everything is in us-central1."
  }
}

run "every_region_with_l4s_finds_its_neighbours" {
  command = plan

  assert {
    condition     = alltrue([for region in output.l4_regions : contains(output.tasks_regions, region) || region == "europe-west4"])
    error_message = "Another region without Cloud Tasks: see that its neighbour is right."
  }
  assert {
    condition     = contains(output.tasks_regions, output.tasks_region) && contains(output.build_regions, output.build_region)
    error_message = "A neighbour that has not got the service."
  }
}

run "a_queue_where_cloud_tasks_is_not_is_refused" {
  command = plan
  variables {
    tasks_region = "europe-west4"
  }
  expect_failures = [var.tasks_region]
}

run "a_region_without_l4s_is_refused" {
  command = plan
  variables {
    region = "europe-north1"
  }
  expect_failures = [var.region]
}

run "any_region_will_do_without_a_gpu" {
  command = plan
  variables {
    region      = "africa-south1"
    gpu_enabled = false
  }

  assert {
    condition     = contains(output.tasks_regions, output.tasks_region) && contains(output.build_regions, output.build_region)
    error_message = "A continent without either gets what is nearest to it."
  }
}

run "what_is_named_is_taken" {
  command = plan
  variables {
    tasks_region     = "europe-west3"
    build_region     = "europe-west4"
    scheduler_region = "europe-west2"
  }

  assert {
    condition     = output.tasks_region == "europe-west3" && output.build_region == "europe-west4" && output.scheduler_region == "europe-west2"
    error_message = "A project with builds in europe-west4 may say so."
  }
}
