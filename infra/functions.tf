locals {
  # What each function needs. One at a time for the two that sweep: they lock what they touch, and twice is only waste.
  function_shapes = {
    on_upload       = { memory = "512Mi", timeout_s = 120, concurrency = 8, max_instances = 10 }
    dispatch        = { memory = "512Mi", timeout_s = 60, concurrency = 8, max_instances = 2 }
    recover_stale   = { memory = "512Mi", timeout_s = 540, concurrency = 1, max_instances = 1 }
    apply_retention = { memory = "512Mi", timeout_s = 1800, concurrency = 1, max_instances = 1 }
    api             = { memory = "1Gi", timeout_s = 300, concurrency = 40, max_instances = 10 }
  }
}

# functions/main.py, once per function: the same image, FUNCTION_TARGET picks the door.
resource "google_cloud_run_v2_service" "function" {
  for_each = local.deployed ? module.names.functions : {}

  name                = module.names.services[each.key]
  location            = var.region
  deletion_protection = var.deletion_protection
  ingress             = each.key == "api" || !var.internal_ingress_only ? "INGRESS_TRAFFIC_ALL" : "INGRESS_TRAFFIC_INTERNAL_ONLY"
  custom_audiences    = [module.names.urls[each.key]]

  template {
    service_account                  = google_service_account.component[each.value].email
    timeout                          = "${local.function_shapes[each.key].timeout_s}s"
    max_instance_request_concurrency = local.function_shapes[each.key].concurrency

    scaling {
      min_instance_count = 0
      max_instance_count = local.function_shapes[each.key].max_instances
    }

    containers {
      image = var.functions_image

      env {
        name  = "FUNCTION_TARGET"
        value = each.key
      }
      dynamic "env" {
        for_each = module.environment.functions[each.key]
        content {
          name  = env.key
          value = env.value
        }
      }
      env {
        name = "SUPABASE_SERVICE_KEY"
        value_source {
          secret_key_ref {
            secret  = google_secret_manager_secret.supabase_key[each.value].secret_id
            version = "latest"
          }
        }
      }

      resources {
        limits            = { cpu = "1", memory = local.function_shapes[each.key].memory }
        cpu_idle          = true # paid while it answers, not while it waits
        startup_cpu_boost = true
      }

      # functions-framework answers GET with 405, so the port is asked, not a path.
      startup_probe {
        timeout_seconds   = 3
        period_seconds    = 3
        failure_threshold = 20
        tcp_socket {
          port = 8080
        }
      }
    }
  }

  lifecycle {
    # cloudbuild.yaml deploys newer images by digest.
    ignore_changes = [template[0].containers[0].image, client, client_version]
  }

  depends_on = [google_secret_manager_secret_iam_member.supabase_key]
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = local.deployed ? module.roles.invokers : {}

  name     = google_cloud_run_v2_service.function[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.component[each.value].member
}

# The one door that is open to everybody. It asks for owner, share or user tokens itself (aisubs/http/access.py).
resource "google_cloud_run_v2_service_iam_member" "public_api" {
  count = local.deployed && var.api_public ? 1 : 0

  name     = google_cloud_run_v2_service.function["api"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"
}

# The addresses that services are told were computed from names; this says so should Google ever make them differently.
check "computed_addresses" {
  assert {
    condition = alltrue([
      for function, service in google_cloud_run_v2_service.function : contains(service.urls, module.names.urls[function])
    ])
    error_message = "A service does not have the address that modules/names computed: DISPATCH_URL and audiences would be wrong."
  }
}

# ── an object is complete → on_upload ─────────────────────────────────────────────────────────────────────────────────

# Asking for the agent of Cloud Storage makes it, if the project is new.
data "google_storage_project_service_account" "agent" {
  depends_on = [google_project_service.api]
}

# Cloud Storage hands its events to a Pub/Sub topic of Eventarc's, whose name nobody knows before: hence on the project.
resource "google_project_iam_member" "storage_publishes" {
  project = var.project_id
  role    = "roles/pubsub.publisher"
  member  = data.google_storage_project_service_account.agent.member
}

# This role can be granted on the project only.
resource "google_project_iam_member" "eventarc_receives" {
  project = var.project_id
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.component["eventarc"].member
}

# Without a retry_policy Eventarc tries again for 24 hours, which is what we want.
resource "google_eventarc_trigger" "uploads" {
  count = local.deployed ? 1 : 0

  name                    = "${var.name}-uploads"
  location                = lower(google_storage_bucket.uploads.location) # must be the bucket's
  service_account         = google_service_account.component["eventarc"].email
  event_data_content_type = "application/json"

  matching_criteria {
    attribute = "type"
    value     = "google.cloud.storage.object.v1.finalized"
  }
  matching_criteria {
    attribute = "bucket"
    value     = google_storage_bucket.uploads.name
  }

  destination {
    cloud_run_service {
      service = google_cloud_run_v2_service.function["on_upload"].name
      region  = var.region
    }
  }

  depends_on = [
    google_project_iam_member.storage_publishes,
    google_project_iam_member.eventarc_receives,
    google_cloud_run_v2_service_iam_member.invoker,
  ]
}
