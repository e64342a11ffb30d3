-- differences: 1
CREATE SCHEMA app;
CREATE PROCEDURE app.p(a integer, b text) LANGUAGE sql BEGIN ATOMIC SELECT 1; END;
