# What everything is called. Pure: no provider, so `terraform test` checks it without a project.

variable "project_id" {
  description = "The Google Cloud project."
  type        = string
}

variable "project_number" {
  description = "Its number: run.app addresses are made from it."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{6,}$", var.project_number))
    error_message = "project_number is digits only: gcloud projects describe PROJECT --format='value(projectNumber)'"
  }
}

variable "name" {
  description = "Prefix of every name; service account ids have room for 14 characters of it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,12}[a-z0-9]$", var.name))
    error_message = "name is 3 to 14 characters: lower case letters, digits and hyphens, starting with a letter."
  }
}

variable "region" {
  description = "Region of the functions."
  type        = string
}

variable "queue_generation" {
  description = "Counts recreations of the queue: Cloud Tasks keeps a deleted queue's name for 7 days."
  type        = number
  default     = 1

  validation {
    condition     = var.queue_generation >= 1 && floor(var.queue_generation) == var.queue_generation
    error_message = "queue_generation is a whole number from 1."
  }
}

locals {
  # function (as functions/main.py names it) -> the component whose service account it runs as
  functions = {
    on_upload       = "ingest"
    dispatch        = "dispatch"
    recover_stale   = "maintenance"
    apply_retention = "maintenance"
    api             = "api"
  }
  # Those that run our code, and those that only call it.
  runtimes = distinct(concat(values(local.functions), ["worker"]))
  callers  = ["eventarc", "tasks", "scheduler"]

  services = { for function, _ in local.functions : function => "${var.name}-${replace(function, "_", "-")}" }
}

output "functions" {
  description = "function => component"
  value       = local.functions
}

output "runtimes" {
  description = "Components that read the database and therefore hold a Supabase key of their own."
  value       = local.runtimes
}

output "account_ids" {
  description = "component => id of its service account (at most 30 characters)"
  value       = { for component in concat(local.runtimes, local.callers, ["build"]) : component => "${var.name}-${component}" }
}

output "account_emails" {
  description = "component => email of its service account, known before it is made"
  value = {
    for component in concat(local.runtimes, local.callers, ["build"]) :
    component => "${var.name}-${component}@${var.project_id}.iam.gserviceaccount.com"
  }
}

output "services" {
  description = "function => name of its Cloud Run service"
  value       = local.services
}

# Each service has this address beside the one with a random part. Only this one is known before the service is, so
# only this one can be told to the services themselves.
output "urls" {
  description = "function => https://SERVICE-NUMBER.REGION.run.app"
  value       = { for function, service in local.services : function => "https://${service}-${var.project_number}.${var.region}.run.app" }
}

output "vapid_key" {
  description = "Secret that holds the key which signs messages to browsers."
  value       = "${var.name}-vapid-key"
}

output "signing_key" {
  description = "Secret that holds the key which signs the tokens of workers."
  value       = "${var.name}-supabase-signing-key"
}

output "job" {
  value = "${var.name}-worker"
}

output "overflow_job" {
  value = "${var.name}-overflow"
}

output "queue" {
  value = "${var.name}-dispatch${var.queue_generation > 1 ? "-${var.queue_generation}" : ""}"
}

output "buckets" {
  description = "purpose => bucket; the project id makes it unique in the world"
  value       = { for purpose in ["uploads", "results", "builds"] : purpose => "${var.project_id}-${var.name}-${purpose}" }
}

output "secrets" {
  description = "component => secret that holds its Supabase key"
  value       = { for component in local.runtimes : component => "${var.name}-supabase-key-${component}" }
}
