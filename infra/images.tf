resource "google_artifact_registry_repository" "images" {
  repository_id = var.name
  location      = var.region
  format        = "DOCKER"

  docker_config {
    immutable_tags = true # every build has a tag of its own, and `latest` cannot move under us
  }
  vulnerability_scanning_config {
    enablement_config = "INHERITED"
  }

  cleanup_policies {
    id     = "keep-the-newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = 2 # what runs and what ran before: the worker's holds a model, 0.10 USD a GB and month
    }
  }
  cleanup_policies {
    id     = "drop-the-old"
    action = "DELETE"
    condition {
      older_than = "2592000s" # 30 days
    }
  }

  depends_on = [google_project_service.api]
}

# Cloud Run pulls from Artifact Registry, so what a release has put on ghcr.io comes through a repository that fetches it.
# https://docs.cloud.google.com/artifact-registry/docs/repositories/remote-overview
resource "google_artifact_registry_repository" "released" {
  count = var.image_source == "release" ? 1 : 0

  repository_id = "${var.name}-released"
  location      = var.region
  format        = "DOCKER"
  mode          = "REMOTE_REPOSITORY"

  remote_repository_config {
    description = "Images of releases"
    docker_repository {
      custom_repository {
        uri = "https://ghcr.io"
      }
    }
  }

  depends_on = [google_project_service.api]
}

# ── what cloudbuild.yaml may do ───────────────────────────────────────────────────────────────────────────────────────

resource "google_artifact_registry_repository_iam_member" "build_pushes" {
  repository = google_artifact_registry_repository.images.name
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.component["build"].member
}

resource "google_storage_bucket_iam_member" "build_files" {
  for_each = toset(["roles/storage.objectViewer", "roles/storage.objectCreator"])

  bucket = google_storage_bucket.bucket["builds"].name
  role   = each.value
  member = google_service_account.component["build"].member
}

# Logs have no smaller resource than the project.
resource "google_project_iam_member" "build_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.component["build"].member
}

# New revisions of exactly these services and this job …
resource "google_cloud_run_v2_service_iam_member" "build_deploys" {
  for_each = local.deployed ? module.names.services : {}

  name     = local.services[each.key].name
  location = var.region
  role     = "roles/run.developer"
  member   = google_service_account.component["build"].member
}

resource "google_cloud_run_v2_job_iam_member" "build_deploys" {
  for_each = local.jobs

  name     = google_cloud_run_v2_job.worker[each.key].name
  location = each.value.region
  role     = "roles/run.developer"
  member   = google_service_account.component["build"].member
}

# … which run as these accounts.
resource "google_service_account_iam_member" "build_acts_as" {
  for_each = toset(module.names.runtimes)

  service_account_id = google_service_account.component[each.value].name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.component["build"].member
}

resource "google_cloudbuild_trigger" "main" {
  count = var.source_repository != "" ? 1 : 0

  name            = "${var.name}-main"
  location        = module.places.build_region
  filename        = "cloudbuild.yaml"
  service_account = google_service_account.component["build"].id

  repository_event_config {
    repository = var.source_repository
    push {
      branch = "^main$"
    }
  }

  substitutions = {
    _REGION = var.region
    _NAME   = var.name

    _OVERFLOW_REGION = var.overflow == null ? "" : local.overflow.region
  }
}
