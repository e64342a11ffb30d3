-- The list of cases shows the question that was asked; digging it out of messages for each row made the page slow.
-- First of two steps: the column, empty. From here on the service writes it with each case; 012 fills the old rows.

ALTER TABLE test_cases ADD COLUMN IF NOT EXISTS last_user_message varchar(500);

COMMENT ON COLUMN test_cases.last_user_message IS 'Start of the last message with role user, for lists and search';
