-- A run that has ended says when: some ended runs have no finished_at, and reports left them out silently.
-- NOT VALID: new and changed rows are held to it at once, the old ones are not read now, so the table is locked
-- for a moment only. 012 settles the old rows and validates.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint
                    WHERE conrelid = 'regression_tests'::regclass AND conname = 'regression_tests_end_check') THEN
        ALTER TABLE regression_tests ADD CONSTRAINT regression_tests_end_check
            CHECK (status NOT IN ('completed', 'failed', 'cancelled') OR finished_at IS NOT NULL) NOT VALID;
    END IF;
END
$$;
