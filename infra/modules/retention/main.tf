# How long objects live. The application deletes them; the buckets' own rules are the backstop for when it cannot.

variable "retention_hours" {
  description = "Jobs, recordings and transcripts are deleted by the application at this age, in hours."
  type        = number

  validation {
    condition     = var.retention_hours >= 1 && var.retention_hours <= 24 * 365
    error_message = "retention_hours is between 1 and 8760."
  }
}

variable "upload_deadline_hours" {
  description = "An announced upload has this long to arrive, in hours."
  type        = number

  validation {
    # A resumable session of Cloud Storage ends after a week whatever we say.
    condition     = var.upload_deadline_hours > 0 && var.upload_deadline_hours <= 7 * 24
    error_message = "upload_deadline_hours is at most 168: a resumable session ends after a week."
  }
}

output "backstop_days" {
  description = "Age at which the uploads bucket deletes by itself. Its clock counts whole days and starts when the object is complete, so it is never earlier than the application, whose clock starts when the upload is announced."
  value       = ceil((var.retention_hours + var.upload_deadline_hours) / 24) + 1
}

output "results_days" {
  description = "Age at which mirrored results go: those of drop-ins are meant to be fetched, so as long as the job lives."
  value       = ceil(var.retention_hours / 24) + 1
}

output "temporary_days" {
  description = "Age at which the parts of parallel composite uploads go, which gcloud leaves behind when it is stopped."
  value       = 1
}
