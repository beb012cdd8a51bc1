# One door of functions/main.py as a Cloud Run service: the same image for all, FUNCTION_TARGET picks the door.

variable "target" {
  description = "Name of the function in functions/main.py."
  type        = string
}
variable "name" { type = string }
variable "region" { type = string }
variable "image" { type = string }
variable "account_email" {
  description = "Service account that it runs as."
  type        = string
}
variable "environment" {
  description = "Settings; no secrets."
  type        = map(string)
}
variable "supabase_key_secret" {
  description = "Secret that holds the key of this component."
  type        = string
}
variable "vapid_key_secret" {
  description = "Secret that holds the key which signs messages to browsers; null for those that send none."
  type        = string
  default     = null
}
variable "signing_key_secret" {
  description = "Secret that holds the key which signs the tokens of workers; for the dispatcher alone."
  type        = string
  default     = null
}
variable "audience" {
  description = "Its address as modules/names computes it: identity tokens may be made out to it beside the one that Google shows."
  type        = string
}
variable "internal" {
  description = "Refuse what does not come from Eventarc, Cloud Tasks or Scheduler of this project."
  type        = bool
}
variable "public" {
  description = "Cloud Run asks no caller who they are; the function does so itself."
  type        = bool
  default     = false
}
variable "shape" {
  type = object({ memory = string, timeout_s = number, concurrency = number, max_instances = number })
}

resource "google_cloud_run_v2_service" "function" {
  name     = var.name
  location = var.region
  # It holds nothing, and a first one that failed would be tainted for good: Terraform could neither keep nor replace it.
  deletion_protection = false
  ingress             = var.internal ? "INGRESS_TRAFFIC_INTERNAL_ONLY" : "INGRESS_TRAFFIC_ALL"
  custom_audiences    = [var.audience]

  # Instead of run.invoker for allUsers, which organisations made since May 2024 refuse (domain restricted sharing):
  # https://docs.cloud.google.com/run/docs/authenticating/public recommends this.
  invoker_iam_disabled = var.public

  template {
    service_account                  = var.account_email
    timeout                          = "${var.shape.timeout_s}s"
    max_instance_request_concurrency = var.shape.concurrency

    scaling {
      min_instance_count = 0
      max_instance_count = var.shape.max_instances
    }

    containers {
      image = var.image

      env {
        name  = "FUNCTION_TARGET"
        value = var.target
      }
      dynamic "env" {
        for_each = var.environment
        content {
          name  = env.key
          value = env.value
        }
      }
      env {
        name = "SUPABASE_SERVICE_KEY"
        value_source {
          secret_key_ref {
            secret  = var.supabase_key_secret
            version = "latest"
          }
        }
      }
      dynamic "env" {
        for_each = var.vapid_key_secret == null ? [] : [var.vapid_key_secret]
        content {
          name = "VAPID_PRIVATE_KEY"
          value_source {
            secret_key_ref {
              secret  = env.value
              version = "latest"
            }
          }
        }
      }

      dynamic "env" {
        for_each = var.signing_key_secret == null ? [] : [var.signing_key_secret]
        content {
          name = "SUPABASE_SIGNING_KEY"
          value_source {
            secret_key_ref {
              secret  = env.value
              version = "latest"
            }
          }
        }
      }

      resources {
        limits            = { cpu = "1", memory = var.shape.memory }
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
}

output "name" {
  value = google_cloud_run_v2_service.function.name
}

output "uri" {
  description = "The address that Google shows, and that Eventarc makes its tokens out to."
  value       = google_cloud_run_v2_service.function.uri
}

output "urls" {
  value = google_cloud_run_v2_service.function.urls
}
