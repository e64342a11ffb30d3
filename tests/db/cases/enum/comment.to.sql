-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.state AS ENUM ('new');
COMMENT ON TYPE app.state IS 'how it''s';
