-- differences: 3
CREATE SCHEMA app;
COMMENT ON SCHEMA app IS 'the application''s';
CREATE SCHEMA come;
CREATE SCHEMA "Odd schema";
