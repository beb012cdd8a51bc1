locals {
  # A worker that is started with a token of its own has no key that lasts.
  supabase_keys = { for component, secret in module.names.secrets : component => secret if component != "worker" || !var.worker_tokens }
}

# Terraform makes the secrets and never sees their values: `gcloud secrets versions add` puts them there (docs/deploy.md).
resource "google_secret_manager_secret" "supabase_key" {
  for_each = local.supabase_keys

  secret_id           = each.value
  deletion_protection = var.deletion_protection

  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

# A key per component, readable by that component alone: one leaked key is revoked without stopping the others.
resource "google_secret_manager_secret_iam_member" "supabase_key" {
  for_each = local.supabase_keys

  secret_id = google_secret_manager_secret.supabase_key[each.key].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.component[each.key].member
}

# What signs the tokens of workers. Whoever has it may be anybody in the database, so the dispatcher alone reads it: it
# reads nothing that strangers send.
resource "google_secret_manager_secret" "signing_key" {
  count = var.worker_tokens ? 1 : 0

  secret_id           = module.names.signing_key
  deletion_protection = var.deletion_protection

  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret_iam_member" "signing_key" {
  count = var.worker_tokens ? 1 : 0

  secret_id = google_secret_manager_secret.signing_key[0].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.component["dispatch"].member
}

# One key for all that send messages to browsers, and the API that browsers subscribe with: they know its other half.
resource "google_secret_manager_secret" "vapid_key" {
  count = var.vapid_subject == "" ? 0 : 1

  secret_id           = module.names.vapid_key
  deletion_protection = var.deletion_protection

  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret_iam_member" "vapid_key" {
  for_each = toset(var.vapid_subject == "" ? [] : ["api", "maintenance", "worker"])

  secret_id = google_secret_manager_secret.vapid_key[0].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.component[each.key].member
}

# postgresql://… of the session pooler, for `aisubs migrate` in the build. Nothing that runs ever reads it.
resource "google_secret_manager_secret" "database_url" {
  secret_id           = "${var.name}-database-url"
  deletion_protection = var.deletion_protection

  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret_iam_member" "database_url" {
  secret_id = google_secret_manager_secret.database_url.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.component["build"].member
}
