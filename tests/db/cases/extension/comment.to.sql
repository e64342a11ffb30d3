-- differences: 1
CREATE SCHEMA app;
CREATE EXTENSION hstore SCHEMA app;
COMMENT ON EXTENSION hstore IS 'it''s
ours';
