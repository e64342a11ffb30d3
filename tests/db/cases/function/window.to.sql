-- differences: 1
CREATE SCHEMA app;
CREATE FUNCTION app.f() RETURNS bigint LANGUAGE internal WINDOW AS 'window_rank';
