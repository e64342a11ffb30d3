CREATE SCHEMA app;
CREATE FUNCTION app.f() RETURNS bigint LANGUAGE internal AS 'window_rank';
