-- differences: 1
CREATE SCHEMA app;
CREATE PROCEDURE app.p(a integer, OUT b integer) LANGUAGE plpgsql AS 'BEGIN END';
COMMENT ON PROCEDURE app.p(integer) IS 'one in';
