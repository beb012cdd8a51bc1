# Where things are. Not every region has every service: the lists below are those of the pages named beside them, and
# `aisubs doctor --cloud` asks the services themselves before anything is made.

variable "region" {
  description = "Region of functions, worker and buckets."
  type        = string

  validation {
    condition     = !var.gpu_enabled || contains(concat(local.l4_regions, local.by_request), var.region)
    error_message = "${var.region} has no L4. Choose one of ${join(", ", local.l4_regions)}, or set gpu_enabled = false."
  }
}

variable "gpu_enabled" {
  description = "The worker has an L4."
  type        = bool
}

variable "tasks_region" {
  description = "Region of the queue. null: `region` where Cloud Tasks is there, else the nearest of its continent."
  type        = string
  default     = null

  validation {
    condition     = var.tasks_region == null ? true : contains(local.tasks_regions, var.tasks_region)
    error_message = "Cloud Tasks is not in ${coalesce(var.tasks_region, "?")}. The nearest to ${var.region} is ${local.nearest.tasks}."
  }
}

variable "build_region" {
  description = "Region of builds. null: `region` where every project may build, else the nearest that is open to all."
  type        = string
  default     = null

  validation {
    condition     = var.build_region == null ? true : can(regex("^[a-z]+-[a-z]+[0-9]+$", var.build_region))
    error_message = "build_region is a Google Cloud region such as europe-west1."
  }
}

variable "scheduler_region" {
  description = "Region of Cloud Scheduler. null: that of the queue, which every region of Cloud Tasks has."
  type        = string
  default     = null

  validation {
    condition     = var.scheduler_region == null ? true : can(regex("^[a-z]+-[a-z]+[0-9]+$", var.scheduler_region))
    error_message = "scheduler_region is a Google Cloud region such as europe-west1."
  }
}

locals {
  # https://docs.cloud.google.com/run/docs/configuring/services/gpu (supported regions; asia-south1 by invitation)
  l4_regions = ["asia-southeast1", "europe-west1", "europe-west4", "us-central1", "us-east4"]
  by_request = ["asia-south1"]

  # https://cloud.google.com/tasks/docs/locations: europe-west4, for one, is not among them.
  tasks_regions = [
    "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2", "asia-northeast3", "asia-south1",
    "asia-southeast1", "asia-southeast2", "australia-southeast1", "europe-central2", "europe-west1", "europe-west2",
    "europe-west3", "europe-west6", "northamerica-northeast1", "southamerica-east1", "us-central1", "us-east1",
    "us-east4", "us-west1", "us-west2", "us-west3", "us-west4",
  ]

  # https://cloud.google.com/build/docs/locations, "Restricted regions for some projects": all that a new one may have.
  build_regions = [
    "asia-east1", "australia-southeast1", "europe-west1", "southamerica-east1", "us-central1", "us-west2",
  ]

  continent = split("-", var.region)[0]
  nearest = {
    tasks = lookup({ asia = "asia-southeast1", australia = "australia-southeast1", europe = "europe-west1", northamerica = "northamerica-northeast1", southamerica = "southamerica-east1", us = "us-central1" }, local.continent, "europe-west1")
    build = lookup({ asia = "asia-east1", australia = "australia-southeast1", europe = "europe-west1", southamerica = "southamerica-east1" }, local.continent, "us-central1")
  }

  tasks_region = coalesce(var.tasks_region, contains(local.tasks_regions, var.region) ? var.region : local.nearest.tasks)
}

output "l4_regions" {
  description = "Where every project may have an L4, given quota."
  value       = local.l4_regions
}

output "by_request" {
  description = "Where Google hands out L4s by invitation."
  value       = local.by_request
}

output "tasks_regions" {
  value = local.tasks_regions
}

output "build_regions" {
  value = local.build_regions
}

output "tasks_region" {
  description = "Of the queue. Tasks carry no content, so another region than that of the recordings moves none of them."
  value       = local.tasks_region
}

output "build_region" {
  description = "Of builds; the images lie in `region` all the same."
  value       = coalesce(var.build_region, contains(local.build_regions, var.region) ? var.region : local.nearest.build)
}

output "scheduler_region" {
  description = "Of Cloud Scheduler."
  value       = coalesce(var.scheduler_region, local.tasks_region)
}
