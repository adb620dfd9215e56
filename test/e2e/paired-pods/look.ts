/**
 * Everything that a container can see and do, as a shell in it says: `KEY<tab>VALUE` on each line. Its arguments are
 * paths of mounts.
 */

export const look = String.raw`
say() { printf '%s\t%s\n' "$1" "$2"; }
# What it wrote and whether it succeeded, on one line.
try() {
  key=$1
  shift
  out=$("$@" 2>&1)
  say "$key" "$? $(printf %s "$out" | tr '\n\t' '; ')"
}

itself() {
  try id id
  for field in Uid Gid Groups NoNewPrivs Seccomp CapInh CapPrm CapEff CapBnd CapAmb; do
    say "status $field" "$(awk -v field="$field:" '$1 == field { $1 = ""; print }' /proc/self/status)"
  done
  say oom "$(cat /proc/self/oom_score_adj)"
  say umask "$(umask)"
  say pwd "$(pwd)"
  try hostname hostname
  try 'hostname -f' hostname -f
  ulimit -a | awk '{ value = $NF; $NF = ""; print "limit " $0 "\t" value }'
  env | grep -v '^_=' | sort | awk '{ name = $0; sub(/=.*/, "", name); sub(/^[^=]*=/, ""); print "env " name "\t" $0 }'
  awk '{ print "resolv " $1 "\t" $0 }' /etc/resolv.conf
  awk '!/^#/ { address = $1; $1 = ""; if (address !~ /:|^127/) address = "POD"; print "hosts" $0 " " (address ~ /:/ ? 6 : 4) "\t" address }' /etc/hosts
  ps -eo user,comm | sort | uniq -c | awk '$3 !~ /^(ps|awk|sort|uniq|sh)$/ { print "process " $3 " of " $2 "\t" $1 }'
  for limit in memory/memory.limit_in_bytes cpu/cpu.shares cpu/cpu.cfs_quota_us pids/pids.max; do
    say "cgroup $limit" "$(cat "/sys/fs/cgroup/$limit" 2>&1)"
  done
}

network() {
  ss -Hltn | awk '{ port = address = $4; sub(/.*:/, "", port); sub(/:[0-9]+$/, "", address); print "listens " port "\t" address }' | sort -u
  ip rule | awk '{ sub(":", "", $1); key = $1; $1 = ""; print "rule " key "\t" $0 }'
  ip route | sed -E 's/src [0-9.]+/src POD/' | awk '{ print "route " $1 "\t" $0 }'
  ip -o link | awk '{ name = $2; sub(/[@:].*/, "", name); print "link " name "\t" $3 " " $5 }'
}

mounts() {
  sed 's/ - / /' /proc/self/mountinfo | awk '{
    shared = ""; at = 7
    while ($at ~ /^(shared|master|propagate_from|unbindable)/) { sub(/:.*/, "", $at); shared = shared " " $at; at++ }
    print "mount " $5 "\t" $at " " $6 shared
  }' | sort
}

volume() {
  path=$1
  try "stat $path" stat -c '%F %u:%g %a' "$path"
  find "$path" -mindepth 1 -printf "file $path/%P\t%y %m %U:%G %s %n %l\n" | sort
  say "filesystem $path" "$(stat -f -c %T "$path")"
  say "space $path" "$(df -PB1 "$path" | awk 'NR == 2 { print $2, $6 }')"
  say "inodes $path" "$(df -Pi "$path" | awk 'NR == 2 { print $2 }')"
  say "names $path" "$(stat -f -c '%l %S' "$path")"
}

deeds() {
  cd "$1" || return
  try "mkdir $1" mkdir deeds
  if ! cd deeds 2>/dev/null; then
    try "touch $1" touch deed
    return
  fi
  try "write $1" sh -c 'echo one >a && echo two >>a && cat a'
  try "made $1" stat -c '%u:%g %a %s' a .
  try "rename $1" sh -c 'echo old >b && mv a b && cat b && ls'
  try "rename over a directory $1" sh -c 'mkdir d && mv -T b d'
  try "link $1" sh -c 'ln b c && stat -c %h b && ln -s b s && readlink s && cat s'
  try "chmod $1" sh -c 'chmod 2750 d && stat -c %a d && chmod 4711 c && stat -c %a c'
  try "chown $1" sh -c 'chown 1234:4321 c; stat -c %u:%g c'
  try "fsync $1" dd if=/dev/zero of=z bs=4k count=4 conv=fsync status=none
  try "direct $1" dd if=/dev/zero of=o bs=4k count=4 oflag=direct status=none
  try "truncate $1" sh -c 'truncate -s 1G z && stat -c "%s" z && truncate -s 3 z && stat -c %s z'
  try "fallocate $1" sh -c 'fallocate -l 64k f && stat -c "%s %b" f && fallocate -p -o 0 -l 4k f && stat -c "%s %b" f'
  try "hole $1" sh -c 'dd if=/dev/zero of=h bs=1 count=1 seek=1M status=none && stat -c %s h && cp --sparse=always h i && cmp h i'
  try "fifo $1" sh -c 'mkfifo p && (echo through >p & cat p)'
  try "flock $1" sh -c 'exec 9>l; flock -n 9 && (flock -n l true; echo $?) && flock -u 9 && flock -n l echo mine'
  try "long name $1" touch "$(printf 'n%.0s' $(seq 256))"
  try "not empty $1" sh -c 'touch d/x; rmdir d'
  try "no such $1" cat nothing
  try "device $1" mknod n c 1 3
  try "mmap $1" perl -e "$mmap"
  try "times $1" sh -c 'touch -d @1234567890.5 b && stat -c %.Y b'
  try "unlinked $1" sh -c 'echo still >u; exec 8<u; rm u; cat <&8; ls u'
  try "copy $1" sh -c 'cp b b2 && cmp b b2'
  try "listed $1" ls -A
  cd .. && try "rm $1" rm -r deeds
}

# A shared mapping, stored to through read(2), looked at through the file.
mmap='
open(my $f, "+>", "m") or die "open: $!"; syswrite($f, "-" x 4096);
my $at = syscall(9, 0, 4096, 3, 1, fileno($f), 0); die "mmap: $!" if $at == -1;
pipe(my $from, my $to); syswrite($to, "stored"); syscall(0, fileno($from), $at + 100, 6) == 6 or die "store: $!";
syscall(26, $at, 4096, 4) == 0 or die "msync: $!";
seek($f, 100, 0); sysread($f, my $text, 6); print "$text ", unpack("P6", pack("Q", $at + 100));
'

itself
network
mounts
for path; do
  volume "$path"
  deeds "$path"
done
`;
