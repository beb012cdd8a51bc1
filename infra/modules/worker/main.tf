# The shape of one worker: with an L4 or, where there is no quota yet, on CPUs alone.

variable "gpu_enabled" {
  description = "false runs the worker without a GPU: slower by an order of magnitude, needs no quota."
  type        = bool
}

variable "task_timeout_s" {
  description = "How long one execution may last, in seconds. null: an hour with a GPU, six without."
  type        = number
  default     = null

  validation {
    condition     = var.task_timeout_s == null ? true : var.task_timeout_s >= 600 && var.task_timeout_s <= 604800
    error_message = "task_timeout_s is between 600 (10 minutes) and 604800 (168 hours)."
  }
  validation {
    # Documented for GPU tasks; 12 h is a preview that a project may have or not.
    condition     = var.task_timeout_s == null ? true : !var.gpu_enabled || var.task_timeout_s <= 43200
    error_message = "A task with a GPU lasts at most one hour (3600), 12 hours (43200) where the preview is open to the project."
  }
}

variable "cpu" {
  description = "vCPUs. null: 4 with a GPU (its minimum), 8 without."
  type        = number
  default     = null

  validation {
    condition     = var.cpu == null ? true : contains([1, 2, 4, 6, 8], var.cpu)
    error_message = "Cloud Run jobs have 1, 2, 4, 6 or 8 vCPUs."
  }
  validation {
    condition     = var.cpu == null ? true : !var.gpu_enabled || var.cpu >= 4
    error_message = "An L4 needs at least 4 vCPUs."
  }
}

variable "memory_gib" {
  description = "Memory in GiB. null: 16 (the minimum with a GPU)."
  type        = number
  default     = null

  validation {
    condition     = var.memory_gib == null ? true : var.memory_gib >= 4 && var.memory_gib <= 32
    error_message = "memory_gib is between 4 and 32."
  }
  validation {
    condition     = var.memory_gib == null ? true : !var.gpu_enabled || var.memory_gib >= 16
    error_message = "An L4 needs at least 16 GiB of memory."
  }
  validation {
    # https://cloud.google.com/run/docs/configuring/jobs/memory-limits, "Required minimum CPUs"
    condition     = coalesce(var.memory_gib, 16) <= local.memory_by_cpu[tostring(local.cpu)]
    error_message = "${coalesce(var.memory_gib, 16)} GiB of memory need more than ${local.cpu} vCPUs: at most 4 GiB with 1, 8 with 2, 16 with 4, 24 with 6, 32 with 8."
  }
}

locals {
  memory_by_cpu = { "1" = 4, "2" = 8, "4" = 16, "6" = 24, "8" = 32 }

  timeout_s = coalesce(var.task_timeout_s, var.gpu_enabled ? 3600 : 6 * 3600)
  cpu       = coalesce(var.cpu, var.gpu_enabled ? 4 : 8)
  memory    = coalesce(var.memory_gib, 16)
}

output "accelerators" {
  description = "[\"nvidia-l4\"], or none"
  value       = var.gpu_enabled ? ["nvidia-l4"] : []
}

output "limits" {
  description = "What `resources.limits` takes."
  value = merge(
    { cpu = tostring(local.cpu), memory = "${local.memory}Gi" },
    var.gpu_enabled ? { "nvidia.com/gpu" = "1" } : {},
  )
}

output "timeout_s" {
  value = local.timeout_s
}

output "device" {
  description = "DEVICE of the worker. Named, so that a missing driver is an error and not a bill for a slow CPU."
  value       = var.gpu_enabled ? "cuda" : "cpu"
}
