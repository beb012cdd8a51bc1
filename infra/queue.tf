# A task means "something may be startable": losing one costs minutes, since the sweep wakes the dispatcher too. So tasks
# that fail for an hour are given up. The number of workers is kept by the database, not by this queue.
resource "google_cloud_tasks_queue" "dispatch" {
  name     = module.names.queue
  location = module.places.tasks_region

  rate_limits {
    max_concurrent_dispatches = 2
    max_dispatches_per_second = 10
  }
  retry_config {
    max_attempts       = 20
    max_retry_duration = "3600s"
    min_backoff        = "5s"
    max_backoff        = "300s"
    max_doublings      = 4
  }
  stackdriver_logging_config {
    sampling_ratio = 1
  }

  depends_on = [google_project_service.api]
}

resource "google_cloud_tasks_queue_iam_member" "component" {
  for_each = module.roles.queue

  name     = google_cloud_tasks_queue.dispatch.name
  location = module.places.tasks_region
  role     = each.value.role
  member   = google_service_account.component[each.value.component].member
}
