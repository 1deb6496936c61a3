# The last thing that the image's first start does: the database and its users are there.
rm /var/lib/mysql/.initialising
