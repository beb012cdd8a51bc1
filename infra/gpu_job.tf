# The worker. JOB_ID and DISPATCH_ID come with each execution; everything else is here.
resource "google_cloud_run_v2_job" "worker" {
  count = local.deployed ? 1 : 0

  name                = module.names.job
  location            = var.region
  deletion_protection = var.deletion_protection

  template {
    task_count  = 1
    parallelism = 1

    template {
      service_account = google_service_account.component["worker"].email
      timeout         = "${module.worker.timeout_s}s"
      max_retries     = 0 # the database decides about retries; two authorities would spend twice

      # Jobs get GPUs without zonal redundancy only.
      gpu_zonal_redundancy_disabled = var.gpu_enabled ? true : null

      dynamic "node_selector" {
        for_each = module.worker.accelerators
        content {
          accelerator = node_selector.value
        }
      }

      containers {
        name  = "worker"
        image = var.worker_image

        resources {
          limits = module.worker.limits
        }

        dynamic "env" {
          for_each = module.environment.worker
          content {
            name  = env.key
            value = env.value
          }
        }
        env {
          name = "SUPABASE_SERVICE_KEY"
          value_source {
            secret_key_ref {
              secret  = google_secret_manager_secret.supabase_key["worker"].secret_id
              version = "latest"
            }
          }
        }
        dynamic "env" {
          for_each = google_secret_manager_secret.vapid_key
          content {
            name = "VAPID_PRIVATE_KEY"
            value_source {
              secret_key_ref {
                secret  = env.value.secret_id
                version = "latest"
              }
            }
          }
        }
      }
    }
  }

  lifecycle {
    ignore_changes = [template[0].template[0].containers[0].image, client, client_version]

    precondition {
      condition     = module.worker.region_has_gpu
      error_message = "${var.region} has no L4. Choose one of ${join(", ", module.worker.l4_regions)}, or set gpu_enabled = false."
    }
  }

  depends_on = [google_secret_manager_secret_iam_member.supabase_key, google_secret_manager_secret_iam_member.vapid_key]
}

resource "google_cloud_run_v2_job_iam_member" "component" {
  for_each = local.deployed ? module.roles.job : {}

  name     = google_cloud_run_v2_job.worker[0].name
  location = var.region
  role     = lookup(local.role_ids, each.value.role, each.value.role)
  member   = google_service_account.component[each.value.component].member
}
