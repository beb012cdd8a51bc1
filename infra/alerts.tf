# What each alert means and what to do about it: docs/operate.md. The events are the messages of our own log lines
# (aisubs/log.py); a test looks each of them up in the code.

locals {
  log_metrics = {
    jobs_failed = {
      events      = ["job.failed"]
      also        = "OR (jsonPayload.message=\"job.recovered\" AND jsonPayload.status=\"failed\")"
      description = "Jobs that ended in `failed`."
    }
    workers_lost = {
      events      = ["job.recovered", "job.worker_died"]
      also        = ""
      description = "Jobs whose worker fell silent or died and that were put back in line."
    }
    not_recorded = {
      events      = ["outcome.not_recorded"]
      also        = ""
      description = "Workers that could not write down how their job ended."
    }
    no_capacity = {
      events      = ["dispatch.refused", "dispatch.unstarted", "dispatch.impatient"]
      also        = ""
      description = "Workers that Cloud Run refused, gave up, or kept waiting for too long: no GPU free, or no quota."
    }
    events_lost = {
      events      = ["upload.event_lost", "queue.wake_failed"]
      also        = ""
      description = "Events and wake-ups that had to be made good by the sweep."
    }
    retention_failed = {
      events      = ["retention.failed"]
      also        = ""
      description = "Recordings past their time that could not be deleted."
    }
  }
  our_logs = "(resource.type=\"cloud_run_job\" AND resource.labels.job_name=\"${module.names.job}\") OR (resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^${var.name}-\")"

  log_filters = {
    for key, metric in local.log_metrics :
    key => "(${local.our_logs}) AND (jsonPayload.message=(${join(" OR ", [for event in metric.events : "\"${event}\""])}) ${metric.also})"
  }

  log_metric = "logging.googleapis.com/user/${var.name}"
  # Log-based metrics of jobs and services are different series; the alerts want their sum.
  sum = { per_series_aligner = "ALIGN_SUM", cross_series_reducer = "REDUCE_SUM" }

  alerts = {
    failed_jobs = {
      title     = "jobs fail"
      filter    = "metric.type=\"${local.log_metric}/jobs_failed\" AND resource.type=\"cloud_run_job\""
      period_s  = 3600
      threshold = 3
      severity  = "ERROR"
      align     = local.sum
    }
    stale_recoveries = {
      title     = "workers are lost"
      filter    = "metric.type=\"${local.log_metric}/workers_lost\" AND resource.type=\"cloud_run_revision\""
      period_s  = 3600
      threshold = 3
      severity  = "WARNING"
      align     = local.sum
    }
    not_recorded = {
      title     = "a worker could not record its outcome"
      filter    = "metric.type=\"${local.log_metric}/not_recorded\" AND resource.type=\"cloud_run_job\""
      period_s  = 600
      threshold = 0
      severity  = "ERROR"
      align     = local.sum
    }
    failed_executions = {
      title     = "worker executions fail"
      filter    = "metric.type=\"run.googleapis.com/job/completed_execution_count\" AND resource.type=\"cloud_run_job\" AND resource.labels.job_name=\"${module.names.job}\" AND metric.labels.result=\"failed\""
      period_s  = 3600
      threshold = 2
      severity  = "ERROR"
      align     = local.sum
    }
    queue_age = {
      title     = "wake-ups wait"
      filter    = "metric.type=\"cloudtasks.googleapis.com/queue/depth\" AND resource.type=\"cloud_tasks_queue\" AND resource.labels.queue_id=\"${module.names.queue}\""
      period_s  = 900
      threshold = 0
      severity  = "ERROR"
      align     = { per_series_aligner = "ALIGN_MIN", cross_series_reducer = "REDUCE_MAX" } # never empty for 15 minutes
    }
    no_capacity = {
      title     = "no GPU to be had"
      filter    = "metric.type=\"${local.log_metric}/no_capacity\" AND resource.type=\"cloud_run_revision\""
      period_s  = 3600
      threshold = 10
      severity  = "WARNING"
      align     = local.sum
    }
    function_errors = {
      title     = "functions answer with errors"
      filter    = "metric.type=\"run.googleapis.com/request_count\" AND resource.type=\"cloud_run_revision\" AND resource.labels.service_name=monitoring.regex.full_match(\"${var.name}-.*\") AND metric.labels.response_code_class=\"5xx\""
      period_s  = 900
      threshold = 10
      severity  = "ERROR"
      align     = local.sum
    }
    events_lost = {
      title     = "events or wake-ups are lost"
      filter    = "metric.type=\"${local.log_metric}/events_lost\" AND resource.type=\"cloud_run_revision\""
      period_s  = 3600
      threshold = 5
      severity  = "WARNING"
      align     = local.sum
    }
    retention_failed = {
      title     = "recordings are kept too long"
      filter    = "metric.type=\"${local.log_metric}/retention_failed\" AND resource.type=\"cloud_run_revision\""
      period_s  = 21600
      threshold = 0
      severity  = "ERROR"
      align     = local.sum
    }
    spend = {
      title     = "workers run a lot"
      filter    = "metric.type=\"run.googleapis.com/container/billable_instance_time\" AND resource.type=\"cloud_run_job\" AND resource.labels.job_name=\"${module.names.job}\""
      period_s  = 21600
      threshold = var.max_gpu_hours_per_6h * 3600 # the metric counts seconds
      severity  = "WARNING"
      align     = local.sum
    }
  }
}

resource "google_logging_metric" "event" {
  for_each = local.log_metrics

  name        = "${var.name}/${each.key}"
  description = each.value.description
  filter      = local.log_filters[each.key]

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"
    labels {
      key         = "error_code"
      value_type  = "STRING"
      description = "Code of aisubs/model/errors.py, where the event has one."
    }
  }
  label_extractors = {
    error_code = "EXTRACT(jsonPayload.error_code)"
  }

  depends_on = [google_project_service.api]
}

resource "google_monitoring_notification_channel" "email" {
  for_each = toset(var.alert_emails)

  display_name = "${var.name}: ${each.value}"
  type         = "email"
  labels       = { email_address = each.value }
}

resource "google_monitoring_alert_policy" "alert" {
  for_each = local.deployed && length(var.alert_emails) > 0 ? local.alerts : {} # each condition is charged

  display_name          = "${var.name}: ${each.value.title}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  conditions {
    display_name = each.value.title
    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.threshold
      duration        = "0s"
      aggregations {
        alignment_period     = "${each.value.period_s}s"
        per_series_aligner   = each.value.align.per_series_aligner
        cross_series_reducer = each.value.align.cross_series_reducer
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "What this means and what to do: docs/operate.md, section `${each.key}`."
  }
  alert_strategy {
    auto_close = "86400s"
  }

  depends_on = [google_logging_metric.event]
}

# Silence is no good sign where something must happen every few minutes.
resource "google_monitoring_alert_policy" "sweep_silent" {
  count = local.deployed && length(var.alert_emails) > 0 ? 1 : 0

  display_name          = "${var.name}: the sweep does not run"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  conditions {
    display_name = "no request to recover_stale for 30 minutes"
    condition_absent {
      filter   = "metric.type=\"run.googleapis.com/request_count\" AND resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${module.names.services["recover_stale"]}\" AND metric.labels.response_code_class=\"2xx\""
      duration = "1800s"
      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_SUM"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "What this means and what to do: docs/operate.md, section `sweep_silent`."
  }
}
