locals {
  schedules = {
    recover_stale   = { schedule = var.recover_schedule, deadline_s = 540 }
    apply_retention = { schedule = var.retention_schedule, deadline_s = 1800 }
  }
}

resource "google_cloud_scheduler_job" "function" {
  for_each = local.deployed ? local.schedules : {}

  name             = module.names.services[each.key]
  region           = module.places.scheduler_region
  schedule         = each.value.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "${each.value.deadline_s}s"

  retry_config {
    retry_count = 1 # the next round comes soon enough
  }

  http_target {
    http_method = "POST"
    uri         = module.names.urls[each.key]
    body        = base64encode("{}")
    headers     = { "Content-Type" = "application/json" }

    oidc_token {
      service_account_email = google_service_account.component["scheduler"].email
      audience              = module.names.urls[each.key]
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_member.invoker]
}
