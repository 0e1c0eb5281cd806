"""Programs that try to get out, to fill memory or never to end. A program per line."""

# `; ` parts the lines of a program.

# What each asks for is huge or forbidden, so running one anywhere else than in the workbench is not wise.
ONE_LINERS = r'''
(1).__class__.__bases__[0].__subclasses__()
import torch; torch.tensor([1.]).__class__
import torch; torch.__loader__
import torch; torch.tensor.__globals__
import torch; torch.nn.functional.__builtins__
x = "{0.__class__}".format(1)
x = f"{(1).__class__}"
x = f"{1:{'9' * 20}}"
x = f"{1:>999999999}"
x = "%1000000000d" % 1
x = "a" * 10**10
x = [0] * 10**10
x = (1,) * 10**9
x = 10**10**10
x = 2**10**8
x = 1 << 10**10
x = 9**9**9**9
x = range(10**12)[::-1]; y = list(x)
x = list(range(10**12))
x = [i for i in range(10**9)]
x = [[i for i in range(10**4)] for j in range(10**4)]
x = sum(range(10**10))
for i in range(10**9): pass
while True: pass
def f(): return f()
lambda: 0
class A: pass
eval("1")
exec("1")
open("/etc/passwd")
__import__("os")
import os
import sys
from os import system
import torch.os
import torch.utils
from torch.utils import cpp_extension
from torch import load
import torch; torch.load("/etc/passwd")
import torch; torch.save(torch.ones(1), "/tmp/x")
import torch; torch.compile
import torch; torch.hub
import torch; torch.cuda
import torch; torch.zeros(10**10)
import torch; torch.zeros(10**5, 10**5)
import torch; torch.zeros(2**40, 2**40)
import torch; torch.zeros((10**5,) * 10)
import torch; torch.ones(size=(10**9,))
import torch; torch.arange(10**12)
import torch; torch.arange(0, 1e15, 1e-3)
import torch; torch.arange(0, 1, 1e-12)
import torch; torch.linspace(0, 1, 10**10)
import torch; torch.logspace(0, 1, steps=10**10)
import torch; torch.eye(10**6)
import torch; torch.full((10**6, 10**6), 1)
import torch; torch.randint(0, 2, (10**10,))
import torch; torch.randperm(10**10)
import torch; torch.ones(2).repeat(10**10)
import torch; torch.ones(2).tile((10**10,))
import torch; torch.ones(1000).expand(10**9, 1000).contiguous()
import torch; torch.ones(1).expand(10**9) + 1
import torch; torch.broadcast_to(torch.ones(1), (10**10,)).clone()
import torch; torch.as_strided(torch.ones(1), (10**9,), (0,)).clone()
import torch; torch.ones(10).repeat_interleave(10**9)
import torch; torch.kron(torch.ones(10**4), torch.ones(10**5))
import torch; torch.outer(torch.ones(10**5), torch.ones(10**5))
import torch; torch.ones(10**5, 1) * torch.ones(10**5)
import torch; torch.ones(10**5, 1) @ torch.ones(1, 10**5)
import torch; torch.einsum("i,j->ij", torch.ones(10**5), torch.ones(10**5))
import torch; torch.tensordot(torch.ones(10**5), torch.ones(10**5), dims=0)
import torch; torch.cdist(torch.ones(10**5, 1), torch.ones(10**5, 1))
import torch; torch.meshgrid(torch.ones(10**4), torch.ones(10**4), indexing="ij")
import torch; torch.cartesian_prod(torch.ones(10**4), torch.ones(10**4))
import torch; torch.combinations(torch.ones(10**4), r=5)
import torch; torch.diag(torch.ones(10**5))
import torch; torch.diag_embed(torch.ones(10**5))
import torch; torch.diag(torch.ones(2), 10**6)
import torch; torch.block_diag(torch.ones(10**4, 1), torch.ones(1, 10**6))
import torch; torch.vander(torch.ones(10**4), 10**6)
import torch; torch.bincount(torch.tensor([10**12]))
import torch; torch.bincount(torch.tensor([1]), minlength=10**12)
import torch; torch.histc(torch.ones(3), bins=10**11)
import torch; torch.tril_indices(10**6, 10**6)
import torch; torch.multinomial(torch.ones(3), 10**10, replacement=True)
import torch; torch.nn.functional.one_hot(torch.tensor([10**11]))
import torch; torch.nn.functional.one_hot(torch.tensor([1]), 10**11)
import torch; torch.nn.functional.pad(torch.ones(1), (10**10, 10**10))
import torch; torch.nn.functional.interpolate(torch.ones(1, 1, 4), size=10**10)
import torch; torch.nn.functional.interpolate(torch.ones(1, 1, 4), scale_factor=1e10)
import torch; torch.nn.functional.conv2d(torch.ones(1, 1, 9, 9), torch.ones(1, 1, 3, 3), padding=10**6)
import torch; torch.nn.functional.conv2d(torch.ones(1, 1, 1000, 1000), torch.ones(1, 1, 500, 500))
import torch; torch.conv_transpose2d(torch.ones(1, 1, 9, 9), torch.ones(1, 1, 3, 3), None, 10**5)
import torch; torch.nn.functional.adaptive_avg_pool1d(torch.ones(1, 1, 4), 10**10)
import torch; torch.nn.functional.unfold(torch.ones(1, 1, 1000, 1000), 500)
import torch; torch.nn.functional.fold(torch.ones(1, 4, 1), (10**6, 10**6), 2)
import torch; torch.nn.functional.affine_grid(torch.ones(1, 2, 3), (1, 1, 10**6, 10**6))
import torch; torch.ones(10, 10**6)[torch.zeros(10**4).long()]
import torch; torch.index_select(torch.ones(9, 10**6), 0, torch.zeros(10**4).long())
import torch; torch.ones(3).new_zeros(10**11)
import torch; torch.nn.Linear(10**6, 10**6)
import torch; torch.nn.Embedding(10**9, 10**3)
import torch; torch.nn.LSTM(10, 10, num_layers=10**9)
import torch; torch.nn.Transformer(num_encoder_layers=10**8)
import torch; torch.nn.Upsample(size=10**10)(torch.ones(1, 1, 3))
import torch; torch.nn.ConstantPad1d(10**10, 0.)(torch.ones(1, 1, 3))
import torch; torch.nn.Conv2d(1, 1, 3, padding=10**6)(torch.ones(1, 1, 4, 4))
import torch; torch.nn.MultiheadAttention(8, 8)(*[torch.ones(9000, 1, 8)] * 3)
import torch; torch.nn.TransformerEncoderLayer(8, 8)(torch.ones(9000, 1, 8))
import torch; torch.as_strided(torch.ones(4), (2, 2), (-100, 1), 0)
import torch; torch.as_strided(torch.ones(4), (4,), (1,), -3)
import torch; torch.nn.RNN(2, 2)(torch.ones(1000000, 1, 2))
import torch; torch.nn.functional.avg_pool2d(torch.ones(1, 1, 2000, 2000), 700, stride=1)
import torch; torch.diff(torch.ones(10), n=10**9)
import torch; torch.polygamma(10**9, torch.ones(3))
import torch; torch.linalg.svd(torch.rand(3000, 3000))
import torch; torch.linalg.matrix_power(torch.rand(300, 300), 10**9)
import torch; torch.tensor([[0] * 5000] * 5000)
import torch; torch.ones(3).register_hook(print)
import torch; torch.ones(3).numpy()
import torch; torch.ones(3).data_ptr()
import torch; torch.ones(3)._array
import torch; torch.ones(3)._node
import torch; torch.ones(3)._make_subclass
import torch; torch.ones(3).grad_fn.op
import torch; torch.ones(3, requires_grad=True).sum().grad_fn.saved
import torch; torch.nn.Linear(1, 1)._parameters
import torch; torch.nn.Linear(1, 1).register_forward_hook
import torch; torch.nn.Linear(1, 1).apply
import torch; torch.nn.Module
import torch; torch.autograd.Function
import torch; torch.optim.SGD([torch.ones(1, requires_grad=True)], 0.1).state
import torch; torch.set_printoptions(threshold=10**9)
import torch; torch.ones(10**6).tolist()[0] + [1]
import torch; x = torch.ones(2); x.__dict__
import torch; x = torch.ones(2); x._array = 3
import torch; x = torch.ones(2); x.shape = 3
import torch; torch.Tensor(10**10)
import torch; torch.FloatTensor(10**5, 10**5)
import torch; torch.tensor(range(10**12))
import torch; torch.Size(range(10**12))
import torch; torch.arange(torch.tensor(10**12))
import torch; torch.nn.functional.grid_sample(torch.ones(1, 9999, 9, 9), torch.zeros(1, 999, 999, 2))
import torch; q = torch.ones(10**5, 1); torch.nn.functional.scaled_dot_product_attention(q, q, q)
import numpy as np; np.zeros(10**10)
import numpy as np; np.load("x")
a = []; a.append(a)
a = [1]; a[0] = a
print("x" * 9999, "y" * 9999, "z" * 9999)
for i in range(10**4): print("x" * 999)
try: pass
except: pass
with open("x"): pass
global x
x: int = yield
@property
a.b.c = 3
del x.y
assert False
raise ValueError
getattr(1, "real")
type("X", (), {})
x = type(1).mro
print(*[1] * 10**9)
x = 1j
x = 1e308 ** 1e308
x = b"a" * 5
round(5, -10**9)
int("9" * 9999)
"a".join(["b" * 9999] * 9999)
{1: 2, (1, 2): 3}
'''.strip().split("\n")

LONGER = {
    "brackets": "(" * 5000 + ")" * 5000,
    "signs": "-" * 50_000 + "1",
    "sum": "1" + "+1" * 50_000,
    "lists": "x = " + "[" * 2000 + "]" * 2000,
    "doubling lists": "x = [1]\n" + "x = [x, x]\n" * 40 + "print(x)",
    "doubling tuples": "x = (1,)\n" + "x = (x, x)\n" * 40 + "y = {x: 1}",
    "deep lists": "x = [1]\nfor i in range(9000): x = [x]",
    "deep modules": "import torch\nm = torch.nn.Identity()\nfor i in range(3000): m = torch.nn.Sequential(m)",
    "doubling modules": "from torch import nn\nm = nn.ReLU()\nfor i in range(18): m = nn.Sequential(m, m)",
    "loops": "a = 1\nfor i in range(10000):\n  for j in range(10000):\n    a = a + 1",
    "memory": "import torch\nx = torch.ones(10**6)\nfor i in range(10000): x = x.sort().values",
    "text": "x = 'a'\nfor i in range(100): x = x + x",
    "integers": "x = 1\nfor i in range(10000): x = x * 7",
    "null": "\x00",
    "half a character": "x = '\\ud800'",
}


def programs() -> dict[str, str]:
    """All of them, by a name."""
    found = {line: line.replace("; ", "\n") if line.startswith("import") else line for line in ONE_LINERS}
    return {**found, **LONGER}
