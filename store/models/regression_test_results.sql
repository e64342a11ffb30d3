-- The figures of a run in one place, for dashboard, nightly report and release gate.

CREATE VIEW regression_test_results AS
SELECT r.id AS regression_test_id,
       r.agent_id,
       a.name AS agent_name,
       r.status,
       r.started_at,
       r.finished_at,
       r.case_count,
       count(l.id) AS log_count,
       count(l.id) FILTER (WHERE l.verdict = 'passed') AS passed_count,
       count(l.id) FILTER (WHERE l.verdict = 'failed') AS failed_count,
       round(100.0 * count(l.id) FILTER (WHERE l.verdict = 'passed')
             / nullif(count(l.id) FILTER (WHERE l.verdict IN ('passed', 'failed')), 0), 2) AS pass_rate,
       round(avg(l.score), 2) AS mean_score,
       percentile_disc(0.95) WITHIN GROUP (ORDER BY l.duration_ms) AS p95_duration_ms,
       sum(l.cost) AS cost,
       sum(l.cached_tokens) AS cached_tokens,
       round(100.0 * sum(l.cached_tokens)
             / nullif(sum(l.prompt_tokens) FILTER (WHERE l.cached_tokens IS NOT NULL), 0), 2) AS cached_share
  FROM regression_tests r
  JOIN agents a ON a.id = r.agent_id
  LEFT JOIN test_logs l ON l.regression_test_id = r.id AND NOT l.is_deleted
 WHERE NOT r.is_deleted
 GROUP BY r.id, r.agent_id, a.name, r.status, r.started_at, r.finished_at, r.case_count;

COMMENT ON VIEW regression_test_results IS 'One row a run: counts, pass rate, score, slowest 5 %, cost';
