-- A run can be cancelled; until now the worker wrote 'failed', which spoiled the pass rate of the week.
-- The label gets a migration of its own: in the transaction that adds it, it cannot be used yet (55P04),
-- so the check that names it follows in 011.

ALTER TYPE run_status ADD VALUE IF NOT EXISTS 'cancelled';

ALTER TABLE regression_tests ADD COLUMN IF NOT EXISTS cancel_reason text;

COMMENT ON COLUMN regression_tests.cancel_reason IS 'Who stopped the run and why, in their words';
