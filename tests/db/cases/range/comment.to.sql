-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.r AS RANGE (SUBTYPE = time);
COMMENT ON TYPE app.r IS 'of a day';
