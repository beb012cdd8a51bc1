locals {
  charts = [
    { title = "Worker executions by result", metric = "run.googleapis.com/job/completed_execution_count", resource = "cloud_run_job", group = ["metric.label.result"], aligner = "ALIGN_SUM" },
    { title = "Workers running", metric = "run.googleapis.com/job/running_executions", resource = "cloud_run_job", group = [], aligner = "ALIGN_MAX" },
    { title = "Billed worker time (s)", metric = "run.googleapis.com/container/billable_instance_time", resource = "cloud_run_job", group = [], aligner = "ALIGN_SUM" },
    { title = "Jobs failed, by code", metric = "${local.log_metric}/jobs_failed", resource = "cloud_run_job", group = ["metric.label.error_code"], aligner = "ALIGN_SUM" },
    { title = "Workers lost", metric = "${local.log_metric}/workers_lost", resource = "cloud_run_revision", group = [], aligner = "ALIGN_SUM" },
    { title = "Starts refused (no GPU)", metric = "${local.log_metric}/no_capacity", resource = "cloud_run_revision", group = [], aligner = "ALIGN_SUM" },
    { title = "Wake-ups waiting", metric = "cloudtasks.googleapis.com/queue/depth", resource = "cloud_tasks_queue", group = [], aligner = "ALIGN_MAX" },
    { title = "Answers of the functions", metric = "run.googleapis.com/request_count", resource = "cloud_run_revision", group = ["resource.label.service_name", "metric.label.response_code_class"], aligner = "ALIGN_SUM" },
    { title = "Latency of the functions, 95th percentile (ms)", metric = "run.googleapis.com/request_latencies", resource = "cloud_run_revision", group = ["resource.label.service_name"], aligner = "ALIGN_PERCENTILE_95" },
    { title = "Bytes in the buckets", metric = "storage.googleapis.com/storage/v2/total_bytes", resource = "gcs_bucket", group = ["resource.label.bucket_name"], aligner = "ALIGN_MEAN" },
  ]

  dashboard = {
    displayName = var.name
    mosaicLayout = {
      columns = 12
      tiles = [
        for index, chart in local.charts : {
          xPos   = (index % 2) * 6
          yPos   = floor(index / 2) * 4
          width  = 6
          height = 4
          widget = {
            title = chart.title
            xyChart = {
              dataSets = [{
                plotType = "LINE"
                timeSeriesQuery = {
                  timeSeriesFilter = {
                    filter = "metric.type=\"${chart.metric}\" AND resource.type=\"${chart.resource}\""
                    aggregation = {
                      alignmentPeriod    = "300s"
                      perSeriesAligner   = chart.aligner
                      crossSeriesReducer = chart.aligner == "ALIGN_PERCENTILE_95" ? "REDUCE_MAX" : "REDUCE_SUM"
                      groupByFields      = chart.group
                    }
                  }
                }
              }]
            }
          }
        }
      ]
    }
  }
}

# Not in the schema that `make test` checks against (it has no dashboards); one argument, so little can be misspelt.
resource "google_monitoring_dashboard" "overview" {
  dashboard_json = jsonencode(local.dashboard)

  depends_on = [google_logging_metric.event]
}
