locals {
  # The second one, if it is wanted, starts what has waited for a machine of the first for gpu_patience_minutes.
  jobs = {
    for purpose, job in {
      worker   = { name = module.names.job, region = var.region, shape = module.worker, gpu = var.gpu_enabled }
      overflow = { name = module.names.overflow_job, region = local.overflow.region, shape = module.overflow, gpu = local.overflow.gpu_enabled }
    } : purpose => job if local.deployed && (purpose == "worker" || var.overflow != null)
  }
}

# The worker. JOB_ID and DISPATCH_ID come with each execution; everything else is here.
resource "google_cloud_run_v2_job" "worker" {
  for_each = local.jobs

  name                = each.value.name
  location            = each.value.region
  deletion_protection = false # it holds nothing, and a first one that failed could not be replaced

  template {
    task_count  = 1
    parallelism = 1

    template {
      service_account = google_service_account.component["worker"].email
      timeout         = "${each.value.shape.timeout_s}s"
      max_retries     = 0 # the database decides about retries; two authorities would spend twice

      # Jobs get GPUs without zonal redundancy only.
      gpu_zonal_redundancy_disabled = each.value.gpu ? true : null

      dynamic "node_selector" {
        for_each = each.value.shape.accelerators
        content {
          accelerator = node_selector.value
        }
      }

      containers {
        name  = "worker"
        image = var.worker_image

        resources {
          limits = each.value.shape.limits
        }

        dynamic "env" {
          for_each = merge(module.environment.worker, {
            DEVICE         = each.value.shape.device
            TASK_TIMEOUT_S = tostring(each.value.shape.timeout_s)
          })
          content {
            name  = env.key
            value = env.value
          }
        }
        # With worker_tokens each execution gets one from the dispatcher instead.
        dynamic "env" {
          for_each = var.worker_tokens ? [] : [google_secret_manager_secret.supabase_key["worker"]]
          content {
            name = "SUPABASE_SERVICE_KEY"
            value_source {
              secret_key_ref {
                secret  = env.value.secret_id
                version = "latest"
              }
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
  }

  depends_on = [google_secret_manager_secret_iam_member.supabase_key, google_secret_manager_secret_iam_member.vapid_key]
}

resource "google_cloud_run_v2_job_iam_member" "component" {
  for_each = {
    for pair in setproduct(keys(local.jobs), keys(module.roles.job)) :
    (pair[0] == "worker" ? pair[1] : "${pair[0]}/${pair[1]}") => { job = pair[0], grant = module.roles.job[pair[1]] }
  }

  name     = google_cloud_run_v2_job.worker[each.value.job].name
  location = google_cloud_run_v2_job.worker[each.value.job].location
  role     = lookup(local.role_ids, each.value.grant.role, each.value.grant.role)
  member   = google_service_account.component[each.value.grant.component].member
}

moved {
  from = google_cloud_run_v2_job.worker[0]
  to   = google_cloud_run_v2_job.worker["worker"]
}
