-- differences: 1
CREATE SCHEMA app;
CREATE PROCEDURE app.p(a integer, b text) LANGUAGE plpgsql AS 'BEGIN END';
COMMENT ON PROCEDURE app.p(integer, text) IS 'it''s one';
