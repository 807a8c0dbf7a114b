-- name: oldest
select min(received_at) as oldest from inbox where finished_at is null

-- name: unfinished
select
    (select count(*) from inbox where finished_at is null) as inbox,
    (select count(*) from outbox where sent_at is null and refused_at is null) as outbox
