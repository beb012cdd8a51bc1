variables {
  project_id     = "subtitles-4711"
  project_number = "123456789012"
  name           = "aisubs"
  region         = "europe-west1"
}

run "names_are_told_before_anything_exists" {
  command = plan

  assert {
    condition     = output.urls["dispatch"] == "https://aisubs-dispatch-123456789012.europe-west1.run.app"
    error_message = "The address of a service follows from its name, the project's number and the region."
  }
  assert {
    condition     = output.account_emails["tasks"] == "aisubs-tasks@subtitles-4711.iam.gserviceaccount.com"
    error_message = "The email of a service account follows from its id and the project."
  }
  assert {
    condition     = output.services["recover_stale"] == "aisubs-recover-stale"
    error_message = "Cloud Run takes no underscores."
  }
  assert {
    condition     = output.queue == "aisubs-dispatch"
    error_message = "The first generation of the queue has no number."
  }
}

run "the_longest_name_still_makes_valid_account_ids" {
  command = plan
  variables {
    name = "abcdefghijklmn"
  }

  assert {
    condition     = alltrue([for id in values(output.account_ids) : length(id) >= 6 && length(id) <= 30])
    error_message = "A service account id has 6 to 30 characters."
  }
}

run "only_what_runs_our_code_has_a_key" {
  command = plan

  assert {
    condition     = toset(keys(output.secrets)) == toset(["ingest", "dispatch", "maintenance", "api", "worker"])
    error_message = "Callers (eventarc, tasks, scheduler) and the build need no key of the database."
  }
}

run "a_queue_that_is_made_again_has_another_name" {
  command = plan
  variables {
    queue_generation = 2
  }

  assert {
    condition     = output.queue == "aisubs-dispatch-2"
    error_message = "A deleted queue's name is blocked for 7 days."
  }
}

run "a_name_with_capitals_is_refused" {
  command = plan
  variables {
    name = "AiSubs"
  }
  expect_failures = [var.name]
}

run "a_project_id_is_no_number" {
  command = plan
  variables {
    project_number = "subtitles-4711"
  }
  expect_failures = [var.project_number]
}
