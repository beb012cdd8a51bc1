terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.45"
    }
  }

  # The bucket is named at `terraform init -backend-config=bucket=…`; docs/deploy.md makes it.
  backend "gcs" {
    prefix = "aisubs"
  }
}

provider "google" {
  project               = var.project_id
  region                = var.region
  user_project_override = true # billing budgets and quotas are asked for in the name of the project
  billing_project       = var.project_id
}

data "google_project" "this" {}

locals {
  # Two rounds: the first makes the ground (accounts, buckets, registry, secrets), then keys and images are put there,
  # and the second, with both images named, makes what runs.
  deployed = var.functions_image != "" && var.worker_image != ""
}

module "names" {
  source = "./modules/names"

  project_id       = var.project_id
  project_number   = data.google_project.this.number
  name             = var.name
  region           = var.region
  queue_generation = var.queue_generation
}

module "places" {
  source = "./modules/places"

  region           = var.region
  gpu_enabled      = var.gpu_enabled
  tasks_region     = var.tasks_region
  build_region     = var.build_region
  scheduler_region = var.scheduler_region
}

module "roles" {
  source = "./modules/roles"
}

module "retention" {
  source = "./modules/retention"

  retention_hours       = var.limits.retention_hours
  upload_deadline_hours = var.limits.upload_deadline_hours
}

module "worker" {
  source = "./modules/worker"

  gpu_enabled    = var.gpu_enabled
  task_timeout_s = var.task_timeout_s
  cpu            = var.worker_cpu
  memory_gib     = var.worker_memory_gib
}

locals {
  overflow = {
    region      = try(coalesce(var.overflow.region, var.region), var.region)
    gpu_enabled = try(var.overflow.gpu_enabled, false)
  }
}

# What Cloud Run has and has not got there is asked of the same lists as for the first job.
module "overflow_places" {
  source = "./modules/places"

  region      = local.overflow.region
  gpu_enabled = local.overflow.gpu_enabled
}

module "overflow" {
  source = "./modules/worker"

  gpu_enabled = local.overflow.gpu_enabled
}

module "environment" {
  source = "./modules/environment"

  store_url        = "gs://${module.names.buckets["uploads"]}"
  results_url      = "gs://${module.names.buckets["results"]}"
  supabase_url     = var.supabase_url
  queue            = "projects/${var.project_id}/locations/${module.places.tasks_region}/queues/${module.names.queue}"
  job              = "projects/${var.project_id}/locations/${var.region}/jobs/${module.names.job}"
  overflow_job     = var.overflow == null ? null : "projects/${var.project_id}/locations/${local.overflow.region}/jobs/${module.names.overflow_job}"
  urls             = module.names.urls
  account_emails   = module.names.account_emails
  invokers         = module.roles.invokers
  allowed_origins  = var.allowed_origins
  vapid_subject    = var.vapid_subject
  accounts         = var.accounts
  models           = concat([var.model], var.models)
  price            = var.price
  worker_timeout_s = module.worker.timeout_s
  worker_device    = module.worker.device
  limits           = var.limits

  supabase_publishable_key = var.supabase_publishable_key
  longest_execution_s      = var.overflow == null ? module.worker.timeout_s : max(module.worker.timeout_s, module.overflow.timeout_s)
}
