<?php
// Is the shop ready? Over HTTP: 200, or 503 and why. On the command line, by exit code: 0 ready, 1 the database
// does not answer, 2 set-up has not finished. Without WordPress, because a probe asks every few seconds.

function shop_health(): array {
	mysqli_report( MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT );
	try {
		$database = mysqli_init();
		$database->options( MYSQLI_OPT_CONNECT_TIMEOUT, 3 );
		$password = rtrim( file_get_contents( getenv( 'WORDPRESS_DB_PASSWORD_FILE' ) ), "\r\n" );
		// The exception says what the warning would.
		@$database->real_connect( getenv( 'WORDPRESS_DB_HOST' ), getenv( 'WORDPRESS_DB_USER' ), $password, getenv( 'WORDPRESS_DB_NAME' ) );
	} catch ( mysqli_sql_exception $error ) {
		return array( 1, 'database: ' . $error->getMessage() );
	}
	try {
		$options = getenv( 'WORDPRESS_TABLE_PREFIX' ) . 'options';
		$set_up  = $database->query( "SELECT 1 FROM `$options` WHERE option_name = 'storefleet_setup'" )->num_rows > 0;
	} catch ( mysqli_sql_exception $error ) {
		$no_such_table = 1146;
		if ( $no_such_table !== $error->getCode() ) {
			return array( 1, 'database: ' . $error->getMessage() );
		}
		$set_up = false;
	}
	return $set_up ? array( 0, 'ready' ) : array( 2, 'set-up has not finished' );
}

list( $code, $text ) = shop_health();
if ( 'cli' === PHP_SAPI ) {
	echo "$text\n";
	exit( $code );
}
// The reason may name hosts and users: it goes to the log, not to whoever asks.
if ( 1 === $code ) {
	error_log( "not ready: $text" );
	$text = 'database does not answer';
}
http_response_code( 0 === $code ? 200 : 503 );
header( 'Content-Type: text/plain' );
header( 'Cache-Control: no-store' );
echo "$text\n";
