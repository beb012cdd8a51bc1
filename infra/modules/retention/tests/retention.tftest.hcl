variables {
  retention_hours       = 168
  upload_deadline_hours = 24
}

run "the_backstop_comes_after_the_application" {
  command = plan

  assert {
    condition     = output.backstop_days * 24 > var.retention_hours + var.upload_deadline_hours
    error_message = "A lifecycle rule must never delete what the application still promises."
  }
  assert {
    condition     = output.backstop_days == 9
    error_message = "A week, a day for the upload, and one day of the rule's own imprecision."
  }
  assert {
    condition     = output.results_days == 8
    error_message = "A week and one day."
  }
}

run "an_odd_retention_is_rounded_up" {
  command = plan
  variables {
    retention_hours       = 25
    upload_deadline_hours = 1
  }

  assert {
    condition     = output.backstop_days == 3 && output.results_days == 3
    error_message = "26 hours are two days begun, and one more."
  }
}

run "nothing_is_kept_for_ever" {
  command = plan
  variables {
    retention_hours = 100000
  }
  expect_failures = [var.retention_hours]
}

run "a_session_does_not_outlive_a_week" {
  command = plan
  variables {
    upload_deadline_hours = 200
  }
  expect_failures = [var.upload_deadline_hours]
}
