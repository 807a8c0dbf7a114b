-- name: hold
-- Whoever writes holds the case: it cannot be closed in between.
select * from cases where id = %(case)s and state <> 'closed' for update
