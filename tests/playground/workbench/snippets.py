"""Programs in PyTorch: what tutorials and PyTorch's own pages on broadcasting, views and autograd show."""

SNIPPETS = {
    "scalars": """\
import torch
x = torch.tensor([1.0, 2.0, 3.0])
a = 2 + x
b = 3 * x
c = x / 2 - 1
d = x ** 2
e = 10 // torch.tensor([3, 4])
f = -x
g = x % 2
n = torch.tensor(5)
m = n + 1.5
""",
    "elementwise": """\
import torch
a = torch.tensor([[1, 2], [3, 4]])
b = torch.tensor([[5, 6], [7, 8]])
s = a + b
p = a * b
q = a / b
t = torch.add(a, b, alpha=2)
lt = a < 3
w = torch.where(lt, a, b)
""",
    "broadcast": """\
import torch
x = torch.empty(5, 7, 3).zero_()
y = torch.ones(5, 7, 3)
z = x + y
x2 = torch.zeros(5, 3, 4, 1)
y2 = torch.ones(3, 1, 1)
z2 = (x2 + y2).size()
r = x2 + y2
a = torch.tensor([[1], [2], [3]])
b = torch.tensor([[10, 20]])
c = a + b
v = torch.arange(4)
o = v[:, None] * v[None, :]
x3 = torch.ones(5, 3, 4, 1)
y3 = torch.full((3, 1, 1), 2.0)
x3.add_(y3)
q = torch.ones(4, 1).add(torch.randn(4).mul(0))
""",
    "views": """\
import torch
t = torch.arange(16.).reshape(4, 4)
b = t.view(2, 8)
b[0][0] = 3.14
base = torch.tensor([[0, 1], [2, 3]])
u = base.transpose(0, 1)
c1 = base.is_contiguous()
c2 = u.is_contiguous()
k = u.contiguous()
r = u.reshape(4)
n = base.narrow(0, 1, 1)
s = t[1:3, ::2]
d = t.diagonal()
e = torch.tensor([1, 2, 3]).expand(2, 3)
p = torch.zeros(2, 3, 5).permute(2, 0, 1)
un = t.unsqueeze(0)
sq = un.squeeze()
f = t.flatten()
g = t.unfold(1, 2, 2)
ch0, ch1 = t.chunk(2)
sp = t.split(1)
h = t.T
mt = t.mT
ast = t.as_strided((2, 2), (1, 2), 1)
x = torch.rand(2, 2)
x.zero_()
w = t[0]
w += 1
st = t.stride()
off = s.storage_offset()
""",
    "reductions": """\
import torch
x = torch.tensor([[1., 2., 3.], [4., 5., 6.]])
a = x.sum()
b = x.sum(dim=0)
c = x.sum(1)
d = x.mean(dim=1, keepdim=True)
v, i = x.max(dim=1)
m = x.max()
mi = torch.min(x, 0)
s = x.std()
s0 = x.std(dim=0)
va = x.var(0, correction=0)
am = x.argmax()
pr = x.prod()
no = x.norm()
cs = x.cumsum(0)
vals = mi.values
al = (x > 0).all()
me = x.median()
lse = x.logsumexp(1)
""",
    "matmul": """\
import torch
A = torch.tensor([[1., 2.], [3., 4.]])
B = torch.tensor([[5., 6.], [7., 8.]])
C = A @ B
D = torch.matmul(A, B)
v = torch.tensor([1., 2.])
e = A @ v
f = v @ v
g = torch.ones(3, 2, 4) @ torch.ones(4, 5)
h = torch.ones(2, 1, 3, 4) @ torch.ones(5, 4, 2)
i = torch.mm(A, B)
j = torch.einsum("ij,jk->ik", A, B)
k = torch.outer(v, v)
""",
    "init": """\
import torch
a = torch.ones(2, 3)
b = torch.zeros((2, 3))
c = torch.tensor([[1, 2], [3, 4]])
d = torch.full((2, 2), 7)
e = torch.eye(3)
f = torch.arange(0, 10, 2)
g = torch.linspace(0, 1, 5)
h = torch.ones_like(c, dtype=torch.float64)
i = torch.arange(1.0, 2.0, 0.25)
j = torch.tensor([True, False])
k = c.to(torch.float32)
l = c.double()
m = torch.empty(0)
o = torch.tensor([])
""",
    "autograd": """\
import torch
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x.sum()
y.backward()
print(x.grad)
a = torch.tensor([2., 3.], requires_grad=True)
b = torch.tensor([6., 4.], requires_grad=True)
Q = 3*a**3 - b**2
external_grad = torch.tensor([1., 1.])
Q.backward(gradient=external_grad)
ok = 9*a**2 == a.grad
ok2 = -2*b == b.grad
w = torch.ones(5, 3, requires_grad=True)
bb = torch.zeros(3, requires_grad=True)
z = torch.matmul(torch.ones(5), w) + bb
loss = torch.nn.functional.binary_cross_entropy_with_logits(z, torch.zeros(3))
loss.backward()
with torch.no_grad():
    z2 = torch.matmul(torch.ones(5), w) + bb
rg = z2.requires_grad
det = z.detach()
i = torch.eye(4, 5, requires_grad=True)
out = (i + 1).pow(2).t()
out.backward(torch.ones_like(out), retain_graph=True)
out.backward(torch.ones_like(out), retain_graph=True)
i.grad.zero_()
out.backward(torch.ones_like(out), retain_graph=True)
p = torch.tensor(2.0, requires_grad=True)
q = p ** 3
g1, = torch.autograd.grad(q, p, create_graph=True)
g2, = torch.autograd.grad(g1, p)
""",
    "mechanics": """\
import torch
from torch import nn
import torch.nn.functional as F
x = torch.randn(5, requires_grad=True).detach().mul(0).add(0.5).requires_grad_()
y = x.pow(2)
z = x.exp()
leafs = (x.is_leaf, y.is_leaf)
m = nn.Linear(3, 2)
with torch.no_grad():
    m.weight.copy_(torch.tensor([[1., 2., 3.], [4., 5., 6.]]))
    m.bias.fill_(0.5)
inp = torch.ones(2, 3)
out = m(inp)
loss = F.mse_loss(out, torch.zeros(2, 2))
loss.backward()
gw = m.weight.grad
gb = m.bias.grad
r = torch.relu(torch.tensor([-1., 0., 2.], requires_grad=True))
mask = torch.tensor([1., 2., 3.], requires_grad=True)
idx = mask[torch.tensor([0, 0, 2])]
idx.sum().backward()
a = torch.tensor([1., 2.], requires_grad=True)
b = a.clone()
b[0] = 5.
b.mul_(2)
b.sum().backward()
f = torch.tensor([[1., 2.]], requires_grad=True)
g = torch.cat([f, f * 2])
g.prod().backward()
opt = torch.optim.SGD(m.parameters(), lr=0.1)
for step in range(3):
    opt.zero_grad()
    l = F.mse_loss(m(inp), torch.zeros(2, 2))
    l.backward()
    opt.step()
h = torch.ones(3, requires_grad=True)
(h.expand(2, 3) * 2).sum().backward()
""",
    "a step by hand": """\
import torch
from torch import nn
layer = nn.Linear(2, 1)
for p in layer.parameters():
    nn.init.constant_(p, 0.5)
before = layer(torch.ones(3, 2)).pow(2).mean()
before.backward()
with torch.no_grad():
    for p in layer.parameters():
        p -= 0.1 * p.grad
after = layer(torch.ones(3, 2)).pow(2).mean()
""",
    "loops": """\
import torch
total = torch.zeros(3)
losses = []
for i in range(4):
    if i % 2 == 0:
        total += i
    else:
        total = total * 2
    losses.append(total.sum().item())
print(f"total {total.sum().item():.2f} {total}")
squares = [k ** 2 for k in range(5) if k != 2]
t = torch.tensor(squares)
d = {"a": 1, "b": [1, 2]}
for name, value in d.items():
    print(name, value)
rows = [r.sum() for r in torch.arange(6).view(2, 3)]
st = torch.stack(rows)
x, (y, zz) = 1, (2, 3)
print(x, y, zz, t.shape, t.dtype, len(t), t[1].item(), t.tolist())
n = torch.nn.init.constant_(torch.empty(2, 2), 0.3)
print(t.numel(), t.dim(), t.size(0), type(t))
""",
}
