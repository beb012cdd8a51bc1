output "api_url" {
  description = "What the web page is told (VITE_API_URL) and what `aisubs jobs` talks to."
  value       = module.names.urls["api"]
}

output "uploads" {
  description = "Drop recordings here."
  value       = "gs://${module.names.buckets["uploads"]}"
}

output "results" {
  description = "Subtitles of dropped recordings appear here, at the same path."
  value       = "gs://${module.names.buckets["results"]}"
}

output "registry" {
  description = "Where cloudbuild.yaml pushes the images."
  value       = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}"
}

output "released" {
  description = "Where the images of releases are, with image_source = \"release\"; else empty."
  value       = join("", [for one in google_artifact_registry_repository.released : "${var.region}-docker.pkg.dev/${var.project_id}/${one.repository_id}"])
}

output "build_account" {
  description = "For `gcloud builds submit --service-account`."
  value       = google_service_account.component["build"].id
}

output "tasks_region" {
  description = "Where the queue is; the schedules too, unless scheduler_region says otherwise."
  value       = module.places.tasks_region
}

output "build_region" {
  description = "For `gcloud builds submit --region`."
  value       = module.places.build_region
}

output "builds" {
  description = "For `gcloud builds submit --gcs-source-staging-dir`."
  value       = "gs://${module.names.buckets["builds"]}/source"
}

output "secrets" {
  description = "Secrets that need a value: a Supabase key for each component, the database's URL for migrations, the key of messages to browsers, and the one that signs the tokens of workers."
  value = merge(
    local.supabase_keys,
    { database_url = "${var.name}-database-url" },
    { for secret in google_secret_manager_secret.vapid_key : "vapid_key" => secret.secret_id },
    { for secret in google_secret_manager_secret.signing_key : "signing_key" => secret.secret_id },
  )
}

output "doctor_env" {
  description = "For `env $(terraform -chdir=infra output -raw doctor_env) aisubs doctor --cloud`. Holds no secret."
  value = join("", [
    for name, value in merge(
      module.environment.functions["api"],
      { for name, value in module.environment.worker : name => value if contains(["RESULTS_URL", "TASK_TIMEOUT_S", "DEVICE"], name) },
    ) : "${name}=${value}\n"
  ])
}
