-- One row a request and interaction of its user with a catalogue item before the cutoff, by numbers.
-- uses: known_rows
select run_no, request_no, item_no
from known_rows
where is_held_out = 0 and item_no is not null
