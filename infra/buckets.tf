locals {
  bucket_location = coalesce(var.bucket_location, var.region)
}

# Recordings as they were uploaded or dropped, and what workers publish under results/.
resource "google_storage_bucket" "uploads" {
  name                        = module.names.buckets["uploads"]
  location                    = local.bucket_location
  force_destroy               = var.destroy_recordings
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # The default keeps deleted recordings for another week, and restoring one would start a job.
  soft_delete_policy {
    retention_duration_seconds = 0
  }
  versioning {
    enabled = false
  }

  # Browsers upload straight into the bucket; they may read only the answer headers that are named here.
  dynamic "cors" {
    for_each = length(var.allowed_origins) > 0 ? [1] : []
    content {
      origin          = var.allowed_origins
      method          = ["GET", "HEAD", "PUT", "POST"]
      response_header = ["Content-Type", "Location", "Range", "Content-Range", "ETag", "x-goog-resumable", "x-goog-hash", "x-goog-generation"]
      max_age_seconds = 3600
    }
  }

  # The application deletes on time. These rules are for the day when it cannot.
  lifecycle_rule {
    condition {
      age = module.retention.backstop_days
    }
    action {
      type = "Delete"
    }
  }
  lifecycle_rule {
    condition {
      age            = module.retention.temporary_days
      matches_prefix = ["gcloud/tmp/parallel_composite_uploads/"]
    }
    action {
      type = "Delete"
    }
  }
  lifecycle_rule {
    condition {
      age = module.retention.temporary_days
    }
    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }

  depends_on = [google_project_service.api]
}

# Subtitles for people who drop files into the bucket: the same path, with .srt .vtt .json .txt. A bucket of its own, so
# that readers of results never see recordings and no result ever looks like an upload.
resource "google_storage_bucket" "results" {
  name                        = module.names.buckets["results"]
  location                    = local.bucket_location
  force_destroy               = var.destroy_recordings
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  soft_delete_policy {
    retention_duration_seconds = 0
  }
  versioning {
    enabled = false
  }
  lifecycle_rule {
    condition {
      age = module.retention.results_days
    }
    action {
      type = "Delete"
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket_iam_member" "uploads" {
  for_each = module.roles.uploads_bucket

  bucket = google_storage_bucket.uploads.name
  role   = lookup(local.role_ids, each.value.role, each.value.role)
  member = google_service_account.component[each.value.component].member

  dynamic "condition" {
    for_each = length(each.value.prefixes) > 0 ? [1] : []
    content {
      title = "only ${join(" ", each.value.prefixes)}"
      expression = join(" || ", [
        for prefix in each.value.prefixes :
        "resource.name.startsWith(\"projects/_/buckets/${google_storage_bucket.uploads.name}/objects/${prefix}\")"
      ])
    }
  }
}

resource "google_storage_bucket_iam_member" "results" {
  for_each = module.roles.results_bucket

  bucket = google_storage_bucket.results.name
  role   = lookup(local.role_ids, each.value.role, each.value.role)
  member = google_service_account.component[each.value.component].member
}
