#!/bin/sh
# Puts a real model server and a toy model into a folder, for the tests that want more than an imitation.
#
#     tests/tools/fetch_llama.sh DIR [PYTHON]
#
# Afterwards DIR/llama-server runs and DIR/tiny.gguf is a model of random weights: it answers nonsense, in a blink, over
# the same API as a good one. Nothing is installed: Debian's own packages are downloaded, their signatures checked by
# apt, and unpacked below DIR together with the C library they want. Debian or a derivative, amd64, about 75 MB.
set -eu

SUITE=forky                 # the suite that carries llama.cpp-tools
PACKAGES="llama.cpp-tools libllama0 libggml0 libc6 libgcc-s1 libstdc++6 libssl3t64 libgomp1 zlib1g libzstd1"

if [ $# -lt 1 ]; then
    echo "usage: $0 DIR [PYTHON]" >&2
    exit 2
fi
tools=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
python=${2:-python3}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The mirror this machine already trusts, so that a proxy or a local mirror keeps being used.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    grep -oE 'https?://[^ ]*/debian/?( |$)' | head -n 1 | tr -d ' ' || true)
mirror=${mirror:?"no Debian mirror is set up in /etc/apt"}

# An apt of its own: another list of sources, another state, an empty status, so the host's is neither read nor touched.
apt=$dir/apt
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$dir/debs" "$dir/root"
: >"$apt/status"
echo "deb [signed-by=$keyring arch=amd64] $mirror $SUITE main" >"$apt/sources.list"
cat >"$apt/apt.conf" <<END
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::State "$apt";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
END
APT_CONFIG=$apt/apt.conf
export APT_CONFIG
apt-get --quiet=2 update
# shellcheck disable=SC2086  # a list of words is meant
(cd "$dir/debs" && apt-get --quiet=2 download $PACKAGES)
for package in "$dir"/debs/*.deb; do
    dpkg-deb --extract "$package" "$dir/root"
done

# The packages' own loader and libraries: the host's C library may be older than they need.
cat >"$dir/llama-server" <<END
#!/bin/sh
lib=$dir/root/usr/lib/x86_64-linux-gnu
GGML_BACKEND_PATH=\$lib/ggml/backends0/libggml-cpu-x64.so
export GGML_BACKEND_PATH
exec "\$lib/ld-linux-x86-64.so.2" --library-path "\$lib:\$lib/llama" $dir/root/usr/bin/llama-server "\$@"
END
chmod +x "$dir/llama-server"

"$python" -m venv "$dir/venv"
"$dir/venv/bin/python" -m pip --quiet --disable-pip-version-check install gguf numpy
"$dir/venv/bin/python" "$tools/tiny_model.py" "$dir/tiny.gguf"

echo "PALAVER_LLAMA_SERVER=$dir/llama-server"
echo "PALAVER_LLAMA_MODEL=$dir/tiny.gguf"
