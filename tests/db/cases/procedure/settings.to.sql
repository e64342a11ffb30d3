-- differences: 1
CREATE SCHEMA app;
CREATE PROCEDURE app.p(a integer, b text) LANGUAGE plpgsql SET search_path = app, pg_temp SET lock_timeout = '1s' AS 'BEGIN END';
