locals {
  bucket_location = coalesce(var.bucket_location, var.region)

  # What is different about each; all else is the same for all.
  buckets = {
    # Recordings as they were uploaded or dropped, and what workers publish under results/. The application deletes on
    # time: the rules are for the day when it cannot. Browsers of these origins upload straight into it.
    uploads = {
      force_destroy    = var.destroy_recordings
      delete_days      = module.retention.backstop_days
      unfinished_days  = [module.retention.temporary_days]
      browsing_origins = length(var.allowed_origins) > 0 ? [var.allowed_origins] : []
    }
    # Subtitles for people who drop files into the bucket: the same path, with .srt .vtt .json .txt. A bucket of its own,
    # so that readers of results never see recordings and no result ever looks like an upload.
    results = {
      force_destroy    = var.destroy_recordings
      delete_days      = module.retention.results_days
      unfinished_days  = []
      browsing_origins = []
    }
    # Sources of manual builds, and the bill of materials of each image.
    builds = {
      force_destroy    = true
      delete_days      = 365
      unfinished_days  = []
      browsing_origins = []
    }
  }
}

resource "google_storage_bucket" "bucket" {
  for_each = local.buckets

  name                        = module.names.buckets[each.key]
  location                    = local.bucket_location
  force_destroy               = each.value.force_destroy
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # The default keeps deleted recordings for another week, and restoring one would start a job.
  soft_delete_policy {
    retention_duration_seconds = 0
  }
  versioning {
    enabled = false
  }

  # Pages may read only the answer headers that are named here.
  dynamic "cors" {
    for_each = each.value.browsing_origins
    content {
      origin          = cors.value
      method          = ["GET", "HEAD", "PUT", "POST"]
      response_header = ["Content-Type", "Location", "Range", "Content-Range", "ETag", "x-goog-resumable", "x-goog-hash", "x-goog-generation"]
      max_age_seconds = 3600
    }
  }

  lifecycle_rule {
    condition {
      age = each.value.delete_days
    }
    action {
      type = "Delete"
    }
  }
  dynamic "lifecycle_rule" {
    for_each = each.value.unfinished_days
    content {
      condition {
        age            = lifecycle_rule.value
        matches_prefix = ["gcloud/tmp/parallel_composite_uploads/"]
      }
      action {
        type = "Delete"
      }
    }
  }
  dynamic "lifecycle_rule" {
    for_each = each.value.unfinished_days
    content {
      condition {
        age = lifecycle_rule.value
      }
      action {
        type = "AbortIncompleteMultipartUpload"
      }
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_storage_bucket_iam_member" "uploads" {
  for_each = module.roles.uploads_bucket

  bucket = google_storage_bucket.bucket["uploads"].name
  role   = lookup(local.role_ids, each.value.role, each.value.role)
  member = google_service_account.component[each.value.component].member

  dynamic "condition" {
    for_each = length(each.value.prefixes) > 0 ? [1] : []
    content {
      title = "only ${join(" ", each.value.prefixes)}"
      expression = join(" || ", [
        for prefix in each.value.prefixes :
        "resource.name.startsWith(\"projects/_/buckets/${google_storage_bucket.bucket["uploads"].name}/objects/${prefix}\")"
      ])
    }
  }
}

resource "google_storage_bucket_iam_member" "results" {
  for_each = module.roles.results_bucket

  bucket = google_storage_bucket.bucket["results"].name
  role   = lookup(local.role_ids, each.value.role, each.value.role)
  member = google_service_account.component[each.value.component].member
}
