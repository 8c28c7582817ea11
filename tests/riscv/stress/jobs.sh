# The jobs of a stress test, done in the guest: each says the same whenever and wherever it is done.
export LC_ALL=C PATH=/usr/bin:/usr/sbin
cd /root/stress || exit 1

# The shell prefers its own commands, of which some do less than those of the packages.

# 20,000 lines that hardly repeat.
lines() { gawk -v seed="$1" 'BEGIN { x = seed; for (i = 0; i < 20000; i++) { x = (x * 1103515245 + 12345) % 2147483648; print x, i % 97, x / 7 } }'; }
packed() { lines "$1" >lines; "$2" "$3" -c lines >packed && "$2" -d -c packed | cmp - lines && sha256sum <packed; }

job_compile() { for level in 0 2 s; do gcc -O$level -c numbers.c -o object && sha256sum <object; done; }
job_numbers() { for level in 0 2; do gcc -O$level -ffp-contract=off numbers.c -o numbers -lm && ./numbers 60000; done; }
job_bitmanip() { gcc -O3 -march=rv64gc_zba_zbb_zbs numbers.c -o numbers -lm && ./numbers 30000; }
job_processes() { gcc -O2 -pthread processes.c -o processes && ./processes && ./processes; }
job_code() { gcc -O1 code.c -o code && ./code 20000; }
job_many() {
  gawk 'BEGIN { for (i = 0; i < 400; i++) printf "int f%d(int a, double b) { int s = %d; for (int k = 0; k < a; k++) s += (int)(b * k) %% %d + (s << %d); return s > %d ? s : f%d(s & 15, b); }\n", i, i * 7, i + 3, i % 5, i, i > 0 ? i - 1 : 0 }' >many.c
  gcc -O2 -w -c many.c -o many.o && sha256sum <many.o
}
job_make() {
  gawk 'BEGIN { print "all: a b c d"; for (i = 97; i < 101; i++) printf "%c:\n\tgcc -O1 -DSEED=%d -c code.c -o $@.o && sha256sum <$@.o >$@.sum\n", i, i }' >Makefile
  make -s -j2 && cat a.sum b.sum c.sum d.sum
}
job_awk() { gawk 'BEGIN { for (i = 1; i < 60000; i++) { s += sin(i) * exp(-i / 30000) + log(i) ^ 1.5 + atan2(i, 3); t += sqrt(i) / (i % 13 + 1) } printf "%.17g %.17g\n", s, t }'; }
job_bc() { echo 'scale = 400; 4 * a(1); e(1.5); sqrt(7)' | bc -l; }
job_python() {
  python3 -c '
import math, hashlib, random
random.seed(5)
values = [random.random() * 1e6 for _ in range(20000)]
print(math.fsum(values), sum(math.sin(v) for v in values), sorted(values)[777], math.factorial(700) % (2 ** 89 - 1))
print(hashlib.blake2b(repr(values).encode()).hexdigest(), pow(3, 2 ** 400 + 1, 2 ** 521 - 1))'
}
job_xz() { packed 11 /usr/bin/xz -6; }
job_zstd() { packed 12 /usr/bin/zstd -15; }
job_bzip2() { packed 13 /usr/bin/bzip2 -9; }
job_gzip() { packed 14 gzip -9; }
job_sort() { lines 15 | /usr/bin/sort -k2,2n -k1,1 | sha256sum; lines 16 | /usr/bin/sort -R --random-source=jobs.sh | sha256sum; }
job_digests() {
  lines 17 >lines
  for kind in md5 sha1 sha256 sha512 sha3-256 blake2b512; do openssl dgst -$kind lines; done
  openssl enc -aes-256-cbc -K 00112233445566778899aabbccddeeff -iv 0102030405060708 -in lines 2>/dev/null | sha256sum
  openssl enc -chacha20 -K 00112233445566778899aabbccddeeff -iv 0102030405060708 -in lines 2>/dev/null | sha256sum
  openssl prime 170141183460469231731687303715884105727
}
job_database() {
  rm -f base
  sqlite3 base "create table t(a integer primary key, b text, c real);
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
    insert into t select i, hex(i * 7919 % 10007), sqrt(i) / 3 from n; create index k on t(b);
    select count(*), sum(length(b)), round(sum(c), 6) from t; select b, count(*) from t group by b order by 2 desc, 1 limit 5;
    delete from t where a % 3 = 0; vacuum; select sum(a) from t; pragma integrity_check;"
}
job_disk() {
  for i in 1 2 3 4 5 6 7 8; do lines $i >file$i; done
  sync
  echo 3 >/proc/sys/vm/drop_caches
  cat file1 file2 file3 file4 file5 file6 file7 file8 | sha256sum
  rm file?
}
job_forks() { i=0; while [ $i -lt 150 ]; do echo $i | (read -r n; echo $((n * n))) | /usr/bin/cat | /usr/bin/cat; i=$((i + 1)); done | sha256sum; }
job_kernel() {
  stress-ng --verify --metrics-brief --timeout 60 --fork 1 --fork-ops 200 --pipe 1 --pipe-ops 3000 --switch 1 --switch-ops 2000 \
    --mmap 1 --mmap-ops 2 --mmap-bytes 16M --signal 1 --signal-ops 5000 --futex 1 --futex-ops 3000 --sem 1 --sem-ops 3000 \
    --fault 1 --fault-ops 2000 --vm 1 --vm-ops 20 --vm-bytes 8M --timer 1 --timer-ops 500 >log 2>&1 || cat log
  grep -q 'successful run completed' log && echo fine
}
job_processor() {
  stress-ng --verify --timeout 120 --matrix 1 --matrix-ops 10 --crypt 1 --crypt-ops 1 --qsort 1 --qsort-ops 1 --qsort-size 20000 \
    --vecmath 1 --vecmath-ops 2 --fp 1 --fp-ops 2 --bitops 1 --bitops-ops 2 --hash 1 --hash-ops 5 --str 1 --str-ops 10 >log 2>&1 || cat log
  grep -q 'successful run completed' log && echo fine
}

job() {
  "job_$1" >/tmp/said 2>&1
  status=$?
  set -- "$1" $(sha256sum </tmp/said)
  echo "=$1= $2 $status"
}
