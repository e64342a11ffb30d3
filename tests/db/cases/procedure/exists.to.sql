-- differences: 1
CREATE SCHEMA app;
CREATE PROCEDURE app.p(a integer, b text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = app AS 'BEGIN END';
