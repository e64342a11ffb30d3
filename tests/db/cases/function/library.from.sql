CREATE SCHEMA app;
CREATE FUNCTION app.f(internal) RETURNS internal LANGUAGE internal AS 'textrecv';
