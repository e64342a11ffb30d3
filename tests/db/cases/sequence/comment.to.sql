-- differences: 1
CREATE SCHEMA app;
CREATE SEQUENCE app.s;
COMMENT ON SEQUENCE app.s IS 'it''s';
